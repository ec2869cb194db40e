import Testing

/// Answers that no name server should give neither crash the gateway nor make it believe anything.
@Suite(.onStage)
struct HostileNameServerTests {
    @Test(arguments: [
        "garbage", "garbage-after-header", "empty", "header-only", "loop", "forward-pointer", "counts", "long-length",
        "short-address", "wrong-id", "wrong-question", "wrong-name", "always-truncated", "cname-loop",
    ])
    func `nobody is believed from a bad answer`(manner: String) async throws {
        let server = try await HostileNameServer.start(manner)
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):12000", with: ["--resolver", server.endpoint])
        try await eventually("three queries are answered", within: .seconds(20), or: { server.program.account }) {
            server.answered >= 3
        }
        #expect(try await gateway.get("/livez").status == 200)
        #expect(try await gateway.subscribers().isEmpty)
        #expect(try await gateway.publish("hello").status != 201)
    }

    @Test func `the largest answer there can be is taken, in bounded memory`() async throws {
        let server = try await HostileNameServer.start("huge")
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):12000", with: ["--resolver", server.endpoint])
        try await eventually("the answer is believed", or: { gateway.program.account }) {
            try await gateway.subscribers().count == 4_000
        }
        #expect(gateway.residentBytes < 150 << 20)
    }

    @Test(.enabled(if: Cluster.isPossible, Cluster.need))
    func `pods known already survive bad answers`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        cluster.server.kill()
        let command = [try #require(Tool.python), Tool.part("hostile_dns.py"), "\(cluster.server.port)", "counts"]
        let hostile = try Stage.current.start(command, name: "hostile")
        try await eventually("bad answers are given", within: .seconds(30), or: { hostile.account }) {
            hostile.lines.count > 3
        }
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
        #expect(try await cluster.gateway.membership()["stale"] != .null)
    }
}
