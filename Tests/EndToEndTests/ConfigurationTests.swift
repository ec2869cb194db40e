import Testing

/// One file, the environment over it, flags over both.
@Suite(.onStage)
struct ConfigurationTests {
    private func file(_ topic: String) throws -> String {
        try Stage.current.write(
            """
            listen: 127.0.0.1:0
            name: from-file
            topics:
              orders:
                source: static://\(topic)
                policy: repeat
                copies: 2
                spacing: 20ms
            """, to: "headcast.yaml")
    }

    @Test func `a file is enough`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(["--config", try file(listener.endpoint)], listen: nil)
        let receipt = try await gateway.publish("hello").json
        #expect(receipt["gateway"].string == "from-file")
        #expect(receipt["copies"].int == 2)
        #expect(try await listener.texts(count: 2) == ["hello", "hello"])
    }

    @Test func `the environment wins over the file`() async throws {
        let gateway = try await Gateway.start(
            ["--config", try file("127.0.1.1:12000")], listen: nil, environment: ["HEADCAST_NAME": "from-environment"])
        #expect(try await gateway.json("/status")["gateway"].string == "from-environment")
    }

    @Test func `flags win over the environment`() async throws {
        let gateway = try await Gateway.start(
            ["--config", try file("127.0.1.1:12000"), "--name", "from-flag"],
            listen: nil, environment: ["HEADCAST_NAME": "from-environment"])
        #expect(try await gateway.json("/status")["gateway"].string == "from-flag")
    }

    @Test func `topics may come from the environment alone`() async throws {
        let gateway = try await Gateway.start(
            [], listen: nil,
            environment: ["HEADCAST_LISTEN": "127.0.0.1:0", "HEADCAST_TOPIC": "orders=static://127.0.1.1:12000"])
        #expect(try await gateway.publish("hello").status == 201)
    }

    @Test func `all faults are reported together, each with where it came from`() async throws {
        let path = try Stage.current.write(
            "ledgerMessages: none\ntopics:\n  orders:\n    source: static://nowhere\n", to: "wrong.yaml")
        let program = try Gateway.launch(
            ["--config", path, "--drain-delay", "soon"], environment: ["HEADCAST_REQUEST_TIMEOUT": "late"])
        #expect(try await program.end() == .exited(64), "\(program.account)")
        for part in ["ledgerMessages", "nowhere", "--drain-delay", "HEADCAST_REQUEST_TIMEOUT", "wrong.yaml:1"] {
            #expect(program.errors.contains(part), "\(part) in \(program.errors)")
        }
    }

    @Test func `no topic at all is a fault that says what to give`() async throws {
        let program = try Gateway.launch([])
        #expect(try await program.end() == .exited(64))
        #expect(program.errors.contains("--topic"))
    }

    @Test func `a port that is taken is named with its error`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let program = try Gateway.launch(["--topic", "orders=static://127.0.1.1:12000"], listen: gateway.endpoint)
        #expect(try await program.end() == .exited(1), "\(program.account)")
        #expect(program.errors.contains(gateway.endpoint))
        #expect(program.errors.contains("EADDRINUSE"))
    }

    @Test func `two gateways do not share a port to send from`() async throws {
        let arguments = [
            "--topic", "orders=static://127.0.1.1:12000", "--send-from", "127.0.0.1:\(try FreePort.find())",
        ]
        _ = try await Gateway.start(arguments)
        let program = try Gateway.launch(arguments)
        #expect(try await program.end() == .exited(1), "\(program.account)")
        #expect(program.errors.contains("EADDRINUSE"))
    }
}
