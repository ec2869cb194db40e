import Glibc
import Testing

/// The gateway follows what a real name server says about the headless name.
@Suite(.onStage, .enabled(if: Cluster.isPossible, Cluster.need))
struct MembershipTests {
    @Test func `both pods of a headless service receive`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
    }

    @Test func `pods that join receive without anything being restarted`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        try await cluster.scale(to: Cluster.five)
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.five))
        let changes = try await cluster.gateway.items("/topics/orders/changes")
        #expect(changes.count == 5, "\(changes)")
    }

    @Test func `pods that left are sent nothing more`() async throws {
        let cluster = try await Cluster.start(Cluster.five)
        try await cluster.scale(to: ["127.0.1.4"])
        #expect(try await cluster.recipients() == cluster.endpoints(["127.0.1.4"]))
    }

    @Test func `scaled to nothing the set is kept, then believed empty, then filled again`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        try await cluster.server.serve([])
        let reason = try await cluster.gateway.staleReason()
        #expect(reason.contains("NXDOMAIN"), "\(reason)")
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
        try await cluster.gateway.membership(is: [])
        let response = try await cluster.gateway.publish("nobody")
        #expect(response.status == 202)
        #expect(response.json["subscribers"].int == 0)
        try await cluster.scale(to: ["127.0.1.7"])
        #expect(try await cluster.recipients() == cluster.endpoints(["127.0.1.7"]))
    }

    @Test func `five hundred pods do not fit a datagram and all receive`() async throws {
        let addresses = (0..<500).map { "127.0.\(1 + $0 / 250).\(1 + $0 % 250)" }
        let cluster = try await Cluster.start(addresses)
        let response = try await cluster.gateway.publish("hello")
        #expect(response.json["sent"].int == 500)
        try await cluster.pods.arrived(total: 500)
        #expect(Set(cluster.pods.arrived.keys) == cluster.endpoints(addresses))
    }

    @Test func `a named port gives every pod its own`() async throws {
        let ports = [try FreePort.find(), try FreePort.find()]
        let endpoints = ["127.0.1.1:\(ports[0])", "127.0.1.2:\(ports[1])"]
        let server = try await NameServer.start(
            NameServer.services([("pod-0", "127.0.1.1", ports[0]), ("pod-1", "127.0.1.2", ports[1])]))
        let pods = try await Pods.at(endpoints)
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):udp", with: ["--resolver", server.endpoint])
        try await gateway.membership(is: Set(endpoints))
        #expect(try await gateway.publish("hello").json["sent"].int == 2)
        try await pods.arrived(1, at: endpoints)
        let names = Set(try await gateway.subscribers().values.compactMap { $0["name"].string })
        #expect(names.contains { $0.hasPrefix("pod-0") } && names.contains { $0.hasPrefix("pod-1") }, "\(names)")
    }

    @Test func `a service with IPv6 alone is reached over IPv6`() async throws {
        let port = try FreePort.find()
        let pods = try await Pods.at(["[::1]:\(port)"])
        let server = try await NameServer.start(NameServer.pods(["::1"]))
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):\(port)", with: ["--resolver", server.endpoint])
        try await gateway.membership(is: ["[::1]:\(port)"])
        #expect(try await gateway.publish("hello").status == 201)
        try await pods.arrived(1, at: ["[::1]:\(port)"])
    }

    @Test(arguments: [
        ("auto", ["127.0.1.1"]), ("ipv4", ["127.0.1.1"]), ("ipv6", ["[::1]"]), ("both", ["127.0.1.1", "[::1]"]),
    ])
    func `of a dual-stack service the family decides`(family: String, expected: [String]) async throws {
        let port = try FreePort.find()
        let server = try await NameServer.start(NameServer.pods(["127.0.1.1", "::1"]))
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):\(port)?family=\(family)",
            with: ["--resolver", server.endpoint])
        try await gateway.membership(is: Set(expected.map { "\($0):\(port)" }))
    }

    @Test func `a publish may insist on a membership of this moment`() async throws {
        let cluster = try await Cluster.start(Cluster.two, query: "emptyAfter=30s")
        // Records that live a minute: no poll would see the third pod soon.
        try await cluster.server.serve(NameServer.pods(Cluster.five, ttl: 60))
        let response = try await cluster.gateway.publish("hello", headers: ["Cache-Control: no-cache"])
        #expect(response.json["subscribers"].int == 5, "\(response)")
    }

    @Test func `a topic may look up for every message`() async throws {
        let cluster = try await Cluster.start(Cluster.two, query: "maximumAge=0s")
        try await cluster.server.serve(NameServer.pods(Cluster.five, ttl: 60))
        #expect(try await cluster.gateway.publish("hello").json["subscribers"].int == 5)
    }

    @Test func `while pods come and go nothing is sent to an address that was never theirs`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        let publisher = try await Publisher.start(to: cluster.gateway, connections: 2, messages: nil, rate: 200)
        try await publisher.isPublishing()
        let six = Cluster.five + ["127.0.1.6"]
        try await cluster.scale(to: six)
        try await cluster.scale(to: ["127.0.1.2"])
        try await cluster.scale(to: [])
        try await cluster.scale(to: ["127.0.1.8", "127.0.1.9"])
        cluster.gateway.program.signal(SIGTERM)
        #expect(try await cluster.gateway.program.end() == .exited(0))
        let outcome = try await publisher.outcome()
        #expect(outcome.statuses.isSubset(of: ["201", "202", "503"]), "\(outcome.summary)")
        let tally = try await cluster.pods.tally()
        #expect(tally.endpoints == cluster.endpoints(six + ["127.0.1.8", "127.0.1.9"]))
        #expect(tally.duplicates == 0)
        #expect(tally.arrivedInAll + tally.drops == outcome.receipts.reduce(0) { $0 + $1.sent })
    }
}
