import Synchronization
import Testing

@testable import Resolving

struct ResolverFailoverTests {
    private func good() throws -> ScriptedNameserver {
        try ScriptedNameserver { query in .answer(query.answer.answering(a("10.0.0.1"))) }
    }

    private func expected() throws -> LookupResult {
        .complete(try endpoints("10.0.0.1:12000"), timeToLive: .seconds(5))
    }

    @Test func `the next nameserver is asked when one fails`() async throws {
        let bad = try ScriptedNameserver { query in .answer(query.answer.code(2)) }
        let result = try await Asking(bad, try good()).lookUp("headless.shop")
        #expect(try result == expected())
    }

    @Test func `the next nameserver is asked when one is silent`() async throws {
        let silent = try ScriptedNameserver { _ in .silence }
        let resolver = try Asking(silent, try good(), timeout: .milliseconds(100), attempts: 1)
        let result = try await resolver.lookUp("headless.shop")
        #expect(try result == expected())
    }

    @Test func `the nameserver that answered last is asked first`() async throws {
        let bad = try ScriptedNameserver { query in .answer(query.answer.code(2)) }
        let resolver = try Asking(bad, try good())
        for _ in 0..<3 { _ = try await resolver.lookUp("headless.shop") }
        #expect(bad.received.count == 1)
    }

    @Test func `the failures of all nameservers are the reason`() async throws {
        let first = try ScriptedNameserver { query in .answer(query.answer.code(2)) }
        let second = try ScriptedNameserver { query in .answer(query.answer.code(5)) }
        let result = try await Asking(first, second).lookUp("headless.shop")
        #expect(result == .unknown(reason: "SERVFAIL from \(first.endpoint); REFUSED from \(second.endpoint)"))
    }

    @Test func `a nameserver that comes back is asked again`() async throws {
        let silent = try ScriptedNameserver { query in
            .answer(query.name == "headless.shop" ? query.answer.answering(a("10.0.0.1")) : query.answer.code(2))
        }
        let resolver = try Asking(silent)
        _ = try await resolver.lookUp("other.shop")
        #expect(try await resolver.lookUp("headless.shop") == expected())
    }

    @Test func `an absence is an answer and asks nobody else`() async throws {
        let first = try ScriptedNameserver { query in .answer(query.answer.code(3)) }
        let second = try good()
        let result = try await Asking(first, second).lookUp("headless.shop")
        #expect(result == .negative(reason: "NXDOMAIN for headless.shop"))
        #expect(second.received.isEmpty)
    }

    @Test func `a question whose nameserver fails late reaches the next one all the same`() async throws {
        let tries = Atomic(0)
        let bad = try ScriptedNameserver { query in
            let isFirstTry = query.name == "late.shop" && tries.add(1, ordering: .relaxed).newValue == 1
            return isFirstTry ? .silence : .answer(query.answer.code(2))
        }
        let asking = try Asking(bad, try good())
        async let late = asking.lookUp("late.shop")
        #expect(try await eventually { tries.load(ordering: .relaxed) > 0 })
        // This one makes the other nameserver the first to be asked.
        #expect(try await asking.lookUp("headless.shop") == expected())
        #expect(try await late == expected())
    }
}
