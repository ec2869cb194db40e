import Testing

/// The doctor in front of real name servers and real gateways.
@Suite(.onStage)
struct DoctorTests {
    private static let source = "dns://\(NameServer.headless):12000"

    private func examine(
        _ records: [String], topic: String = Self.source, _ arguments: [String] = []
    ) async throws -> Doctor {
        let server = try await NameServer.start(records)
        return try await Doctor.run(topic: topic, ["--resolver", server.endpoint] + arguments)
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `where all is well it says so with numbers`() async throws {
        let doctor = try await examine(NameServer.pods(Cluster.two, ttl: 5))
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("name").first?.contains("\(NameServer.headless): 127.0.0.1:") == true)
        #expect(doctor.findings("records") == ["ok 2 A records"])
        #expect(doctor.findings("answer").first?.hasPrefix("ok whole over UDP: ") == true)
        #expect(doctor.findings("ttl").first?.hasPrefix("ok 5 s: the gateway asks every 5 s") == true)
        #expect(doctor.findings("endpoints").first == "ok 2 addresses, a route to each")
        #expect(doctor.findings("mtu").first?.hasPrefix("ok payloads of 1,232 bytes fit") == true)
        #expect(doctor.findings("path") == ["ok a datagram of 1,232 bytes got to both addresses"])
        #expect(doctor.findings("listen").first?.hasPrefix("ok ") == true)
        #expect(doctor.counts.hasSuffix(", 0 bad"))
        #expect(!doctor.program.output.contains("\u{1B}"))
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a name that does not exist is bad`() async throws {
        let doctor = try await examine([])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("name").first?.hasPrefix("bad NXDOMAIN for \(NameServer.headless); 127.0.0.1:") == true)
        #expect(doctor.program.output.contains("-> no pod is ready, or name or namespace are wrong"))
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a port that nobody named is told from a name that does not exist`() async throws {
        let doctor = try await examine(NameServer.pods(Cluster.two), topic: "dns://\(NameServer.headless):udp")
        #expect(doctor.ending == .exited(1))
        let finding = doctor.findings("name").first ?? ""
        #expect(finding.contains("has 2 addresses, but no UDP port named udp"), "\(doctor.program.account)")
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `SRV records are counted and name the pods`() async throws {
        let pods = [("pod-0", "127.0.1.1", UInt16(12_000)), ("pod-1", "127.0.1.2", 12_001)]
        let doctor = try await examine(
            NameServer.services(pods.map { (name: $0.0, address: $0.1, port: $0.2) }),
            topic: "dns://\(NameServer.headless):udp")
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("records") == ["ok 2 SRV records with 2 A records; pods pod-0, pod-1"])
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a dual-stack name says which family counts`() async throws {
        let doctor = try await examine(NameServer.pods(["127.0.1.1", "::1"]))
        let finding = "ok 1 A record; 1 AAAA not used: family=auto takes IPv4 where there is any"
        #expect(doctor.findings("records") == [finding], "\(doctor.program.account)")
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a name server that fails is bad`() async throws {
        let server = try await NameServer.start()
        try await server.failToServe()
        let doctor = try await Doctor.run(topic: Self.source, ["--resolver", server.endpoint])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("name").first?.contains("SERVFAIL from \(server.endpoint)") == true)
        #expect(doctor.program.output.contains("-> the DNS server itself failed"))
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a name server that does not answer is bad, and the rest is examined all the same`() async throws {
        let server = try await NameServer.start()
        server.stopAnswering()
        let doctor = try await Doctor.run(topic: Self.source, ["--resolver", server.endpoint])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("name").first?.contains("no answer from \(server.endpoint) over UDP within") == true)
        #expect(doctor.program.output.contains("does a NetworkPolicy keep port 53"))
        #expect(doctor.findings("sending").count == 1)
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `200 records are cut over UDP and whole over TCP, and 64 of them are tried`() async throws {
        let addresses = (1...200).map { "127.0.7.\($0)" }
        let doctor = try await examine(NameServer.pods(addresses))
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("records") == ["ok 200 A records"])
        #expect(doctor.findings("answer").first?.hasPrefix("ok cut over UDP, whole over TCP: 3,") == true)
        let tried = "ok a datagram of 1,232 bytes got to all 64 addresses (64 of 200 were tried)"
        #expect(doctor.findings("path") == [tried])
    }

    @Test func `an answer that is cut over TCP too is not believed whole`() async throws {
        let server = try await HostileNameServer.start("always-truncated")
        let doctor = try await Doctor.run(topic: Self.source, ["--resolver", server.endpoint])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("answer").first?.hasPrefix("bad cut over UDP, and") == true)
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `a time to live of 30 s is a warning`() async throws {
        let doctor = try await examine(NameServer.pods(Cluster.two, ttl: 30))
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("ttl").first?.hasPrefix("warn 30 s: the gateway asks every 5 s, but a cache") == true)
    }

    @Test func `a list of endpoints is examined without DNS`() async throws {
        let doctor = try await Doctor.run(topic: "static://127.0.1.1:12000,127.0.1.2:12000")
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("path") == ["ok a datagram of 1,232 bytes got to both addresses"])
        #expect(doctor.findings("dns").isEmpty)
    }

    @Test func `no subscriber receives anything`() async throws {
        let listener = try await Listener.start(on: "127.0.1.1")
        let doctor = try await Doctor.run(topic: "static://\(listener.endpoint)")
        #expect(doctor.findings("path") == ["ok a datagram of 1,232 bytes got to the address"])
        try sendDatagram(Array("the first".utf8), to: listener.endpoint)
        #expect(try await listener.texts(count: 1) == ["the first"])
    }

    @Test func `without probing nothing is sent, and it says so`() async throws {
        let doctor = try await Doctor.run(topic: "static://127.0.1.1:12000", ["--no-probe"])
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("path") == ["ok not tried: --no-probe is given"])
    }

    @Test func `an address that always fails is bad`() async throws {
        let doctor = try await Doctor.run(topic: "static://127.0.1.1:12000,255.255.255.255:12000")
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("endpoints").first?.contains("255.255.255.255: permission denied (EACCES)") == true)
    }

    @Test func `a source that this machine does not have is bad, and everything else is examined`() async throws {
        let doctor = try await Doctor.run(topic: "static://127.0.1.1:12000", ["--send-from", "192.0.2.1:9000"])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("source").first?.contains("EADDRNOTAVAIL") == true)
        #expect(doctor.findings("endpoints").first?.contains("EADDRNOTAVAIL") == true)
        #expect(doctor.findings("sending").count == 1)
    }

    @Test func `a gateway that runs beside it is told, and does not count as a fault`() async throws {
        let arguments = [
            "--topic", "orders=static://127.0.1.1:12000", "--send-from", "127.0.0.1:\(try FreePort.find())",
        ]
        let gateway = try await Gateway.start(arguments + ["--name", "gw-1"])
        let doctor = try await Doctor.run(arguments + ["--listen", gateway.endpoint])
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("listen") == ["ok a gateway is running at \(gateway.endpoint): gw-1"])
        #expect(doctor.findings("source").first?.hasSuffix("is taken, by gateway gw-1 most likely") == true)
        #expect(try await gateway.publish("hello").status == 201)
    }

    @Test func `another program at the gateway's address is bad`() async throws {
        let server = try await HostileNameServer.start("garbage")
        let doctor = try await Doctor.run(
            ["--topic", "orders=static://127.0.1.1:12000", "--listen", server.endpoint])
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("listen").first?.hasPrefix("bad cannot listen at \(server.endpoint)") == true)
    }

    @Test func `the environment gives the settings, as in the gateway's pod`() async throws {
        let doctor = try await Doctor.run(
            [], environment: ["HEADCAST_LISTEN": "127.0.0.1:0", "HEADCAST_TOPIC": "prices=static://127.0.1.1:12000"])
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.program.output.hasPrefix("topic prices  static://127.0.1.1:12000\n"))
    }

    @Test func `faulty settings are named together before anything is examined`() async throws {
        let doctor = try await Doctor.run(["--topic", "orders=nowhere", "--drain-delay", "soon"])
        #expect(doctor.ending == .exited(64), "\(doctor.program.account)")
        #expect(doctor.program.output.isEmpty)
        #expect(doctor.program.errors.contains("nowhere") && doctor.program.errors.contains("--drain-delay"))
    }
}
