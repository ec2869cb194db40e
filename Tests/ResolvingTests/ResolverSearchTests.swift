import Testing

@testable import Resolving

struct ResolverSearchTests {
    /// Knows `headless.svc.local` only.
    private func server() throws -> ScriptedNameserver {
        try ScriptedNameserver { query in
            let isKnown = query.name == "headless.svc.local"
            return .answer(isKnown ? query.answer.answering(a("10.0.0.1")) : query.answer.code(3))
        }
    }

    @Test func `the search domains are tried in order until one answers`() async throws {
        let server = try server()
        let resolver = try Asking(server, searchDomains: ["shop.svc.local", "svc.local", "local"], dots: 5)
        let result = try await resolver.lookUp("headless")
        #expect(try result == .complete(endpoints("10.0.0.1:12000"), timeToLive: .seconds(5)))
        #expect(server.received.map(\.name) == ["headless.shop.svc.local", "headless.svc.local"])
    }

    @Test func `a name that answered is asked for alone from then on`() async throws {
        let server = try server()
        let resolver = try Asking(server, searchDomains: ["shop.svc.local", "svc.local", "local"], dots: 5)
        for _ in 0..<3 { _ = try await resolver.lookUp("headless") }
        #expect(server.received.dropFirst(2).map(\.name) == ["headless.svc.local", "headless.svc.local"])
    }

    @Test func `a failure ends the search as unknown`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.name == "headless.a" ? query.answer.code(2) : query.answer.answering(a("10.6.6.6")))
        }
        let resolver = try Asking(server, searchDomains: ["a", "b"])
        #expect(try await resolver.lookUp("headless") == .unknown(reason: "SERVFAIL from \(server.endpoint)"))
    }

    @Test func `a name that nobody knows anywhere is negative`() async throws {
        let resolver = try Asking(try server(), searchDomains: ["a", "b"])
        let result = try await resolver.lookUp("gone")
        #expect(result == .negative(reason: "NXDOMAIN for gone, nor under 2 search domains"))
    }

    @Test func `a name with a final dot is not searched for`() async throws {
        let server = try server()
        let result = try await Asking(server, searchDomains: ["svc.local"]).lookUp("headless.")
        #expect(result == .negative(reason: "NXDOMAIN for headless"))
        #expect(server.received.map(\.name) == ["headless"])
    }
}
