import Glibc
import Testing

/// What `headcast publish` and `headcast status` say when something is not as it was meant.
@Suite(.onStage)
struct ClientMessageTests {
    @Test func `a variable that is misspelt is told, and does not keep a message back`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let publish = try await headcast(
            "publish", "orders", "x", "--gateway", gateway.endpoint, environment: ["HEADCAST_GATWAY": "elsewhere"])
        #expect(publish.ending == .exited(0), "\(publish.account)")
        #expect(publish.errors == "headcast: HEADCAST_GATWAY is unknown; did you mean HEADCAST_GATEWAY?\n")
    }

    @Test func `what is wrong with several topics at once is told once`() async throws {
        let several = try await headcast("publish", "orders,prices", "x", "--gateway", "127.0.0.1:1")
        #expect(several.ending == .exited(1))
        #expect(several.errors.split(separator: "\n").count == 1, "\(several.account)")
        let twice = try await headcast("publish", "orders,orders", "x")
        #expect(twice.ending == .exited(64))
        #expect(twice.errors.hasPrefix("headcast: \"orders,orders\" has a topic twice; give each once\n"))
    }

    @Test func `each refusal of several topics says which it concerns`() async throws {
        let gateway = try await Gateway.start(
            topics: "a=static://127.0.1.1:12000?maximumPayloadBytes=1", "b=static://127.0.1.1:12000",
            "c=static://127.0.1.1:12000?maximumPayloadBytes=1")
        let text = try await headcast("publish", "a,b,c", "hello", "--gateway", gateway.endpoint)
        #expect(text.ending == .exited(1))
        #expect(text.lines.count == 1 && text.output.contains("of topic b"), "\(text.account)")
        #expect(
            text.errors.split(separator: "\n").map { $0.prefix(32) } == [
                "headcast: topic a: 413 payload_t", "headcast: topic c: 413 payload_t",
            ], "\(text.account)")
        let json = try await headcast(
            "publish", "a,b,c", "hello", "--output", "json", "--gateway", gateway.endpoint)
        let documents = json.lines.compactMap { JSON(text: $0) }
        #expect(documents.map { $0["topic"].string } == ["a", "b", "c"], "\(json.account)")
        #expect(documents[2]["error"]["code"].string == "payload_too_large", "\(json.account)")
    }

    @Test func `a gateway that is asked by TLS is told to speak plain HTTP`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let publish = try await headcast("publish", "orders", "x", "--gateway", "https://\(gateway.endpoint)")
        #expect(publish.ending == .exited(1))
        #expect(publish.errors.hasPrefix("headcast: cannot reach https://\(gateway.endpoint): TLS failed"))
        #expect(publish.errors.contains("speak plain HTTP, http://"), "\(publish.account)")
    }

    @Test func `status of a message says who refuses although it was sent`() async throws {
        let subscriber = try await Subscriber.start()
        let dead = "127.0.1.1:\(try FreePort.find())"
        let gateway = try await Gateway.start(topics: "orders=static://\(subscriber.endpoint),\(dead)")
        let id = try #require(try await gateway.publish("x").json["id"].string)
        try await eventually("nobody listens at one") {
            try await gateway.subscribers()[dead]?["state"].string == "refusing"
        }
        let status = try await headcast("status", "--message", id, "--gateway", gateway.endpoint)
        #expect(status.ending == .exited(0), "\(status.account)")
        #expect(status.output.contains("sent to 2 of 2 subscribers"), "\(status.account)")
        #expect(status.output.contains("1 subscriber is in trouble now"), "\(status.account)")
        let row = status.lines.first { $0.hasPrefix(dead) }
        #expect(row?.contains("refusing: connection refused (ECONNREFUSED), ") == true, "\(status.account)")
    }

    @Test func `status of a message is JSON when that is asked for`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let id = try #require(try await gateway.publish("x").json["id"].string)
        let flags = ["--output", "json", "--gateway", gateway.endpoint]
        let known = try await headcast("status", "--message", id, flags[0], flags[1], flags[2], flags[3])
        #expect(known.ending == .exited(0), "\(known.account)")
        #expect(JSON(text: known.output)?["id"].string == id, "\(known.account)")
        let other = "01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"
        let unknown = try await headcast("status", "--message", other, flags[0], flags[1], flags[2], flags[3])
        #expect(unknown.ending == .exited(1))
        #expect(unknown.output.isEmpty && unknown.errors.contains("no gateway that was asked knows message \(other)"))
    }

    @Test func `a number below zero is told as what it is`() async throws {
        let publish = try await headcast("publish", "orders", "x", "--require", "-1")
        #expect(publish.ending == .exited(64))
        #expect(publish.errors.hasPrefix("headcast: --require is -1; expected 0 to 1000000\n"), "\(publish.account)")
        let gateway = try await headcast("gateway", "--topic", "o=static://127.0.1.1:1", "--ledger-messages", "-1")
        #expect(gateway.ending == .exited(64))
        #expect(gateway.errors.contains("--ledger-messages is \"-1\"; expected"), "\(gateway.account)")
    }

    @Test func `a shell without a completion script is told those that have one`() async throws {
        let program = try await headcast("--generate-completion-script", "tcsh")
        #expect(program.ending == .exited(64))
        let line = #"headcast: --generate-completion-script is "tcsh"; expected bash, fish or zsh"#
        #expect(program.errors.split(separator: "\n").first.map(String.init) == line)
    }
}
