import Endpoints
import Synchronization
import Testing

@testable import Resolving

struct ResolverTests {
    @Test func `a name resolves to its addresses, sorted and each once`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.answer.answering(a("10.0.0.2"), a("10.0.0.1"), a("10.0.0.2")))
        }
        let result = try await Asking(server).lookUp("headless.shop")
        #expect(try result == .complete(endpoints("10.0.0.1:12000", "10.0.0.2:12000"), timeToLive: .seconds(5)))
    }

    @Test func `an answer of 500 addresses is cut over UDP and complete over TCP`() async throws {
        let server = try ScriptedNameserver { query in
            let records = (1...500).map { a("10.1.\($0 / 256).\($0 % 256)") }
            var answer = query.isTCP ? query.answer : query.answer.truncated()
            answer.answers = query.isTCP ? records : Array(records.prefix(70))
            return .answer(answer)
        }
        guard case .complete(let endpoints, _) = try await Asking(server).lookUp("headless.shop") else {
            Issue.record("not complete")
            return
        }
        #expect(endpoints.count == 500)
        #expect(server.received.map(\.isTCP) == [false, true])
    }

    @Test func `an answer that is cut over TCP too is truncated`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.truncated().answering(a("10.0.0.1"))) }
        let result = try await Asking(server).lookUp("headless.shop")
        #expect(try result == .truncated(endpoints("10.0.0.1:12000"), timeToLive: .seconds(5)))
    }

    @Test func `a cut answer that TCP cannot complete is unknown`() async throws {
        let server = try ScriptedNameserver(listensToTCP: false) { query in
            .answer(query.answer.truncated().answering(a("10.0.0.1")))
        }
        let result = try await Asking(server).lookUp("headless.shop")
        let reason = "truncated answer; \(server.endpoint) refuses or closes TCP connections"
        #expect(result == .unknown(reason: reason))
    }

    @Test func `a nameserver that hangs up on TCP is unknown`() async throws {
        let server = try ScriptedNameserver { query in query.isTCP ? .hangUp : .answer(query.answer.truncated()) }
        let result = try await Asking(server).lookUp("headless.shop")
        let reason = "truncated answer; \(server.endpoint) refuses or closes TCP connections"
        #expect(result == .unknown(reason: reason))
    }

    @Test(arguments: [(1, "FORMERR"), (2, "SERVFAIL"), (4, "NOTIMP"), (5, "REFUSED")])
    func `a failure of the nameserver is unknown and named`(code: UInt16, name: String) async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.code(code)) }
        let result = try await Asking(server).lookUp("headless.shop")
        #expect(result == .unknown(reason: "\(name) from \(server.endpoint)"))
    }

    @Test func `NXDOMAIN and NODATA are negative`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.name == "gone.shop" ? query.answer.code(3) : query.answer)
        }
        let resolver = try Asking(server)
        #expect(try await resolver.lookUp("gone.shop") == .negative(reason: "NXDOMAIN for gone.shop"))
        #expect(try await resolver.lookUp("empty.shop") == .negative(reason: "no A record for empty.shop"))
    }

    @Test func `a silent nameserver is unknown within the time of its tries`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        let resolver = try Asking(server, timeout: .milliseconds(100), attempts: 2)
        let result = try await resolver.lookUp("headless.shop")
        #expect(result.isUnknown(because: "no answer from \(server.endpoint) over UDP within "))
        #expect(server.received.count == 2)
    }

    @Test func `a lost question is repeated`() async throws {
        let count = Atomic(0)
        let server = try ScriptedNameserver { query in
            let isFirst = count.add(1, ordering: .relaxed).newValue == 1
            return isFirst ? .silence : .answer(query.answer.answering(a("10.0.0.1")))
        }
        let result = try await Asking(server).lookUp("headless.shop")
        #expect(try result == .complete(endpoints("10.0.0.1:12000"), timeToLive: .seconds(5)))
    }

    @Test func `a nameserver that is not there is unknown`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        server.shutDown()
        let result = try await Asking(server).lookUp("headless.shop")
        #expect(result == .unknown(reason: "\(server.endpoint) refuses or closes UDP connections"))
    }

    @Test(arguments: AddressFamilyRule.allCases)
    func `a nameserver that is not there is unknown for every family`(family: AddressFamilyRule) async throws {
        let server = try ScriptedNameserver { _ in .silence }
        server.shutDown()
        let result = try await Asking(server, timeout: .milliseconds(50)).lookUp("headless.shop", family: family)
        #expect(result.isUnknown(because: ""))
    }

    @Test func `an answer with another number is not believed`() async throws {
        let server = try ScriptedNameserver { query in
            var answer = query.answer.answering(a("10.6.6.6"))
            answer.id = query.id &+ 1
            return .answer(answer)
        }
        let resolver = try Asking(server, timeout: .milliseconds(100), attempts: 1)
        let result = try await resolver.lookUp("headless.shop")
        #expect(result.isUnknown(because: "no answer from \(server.endpoint) over UDP within "))
    }

    @Test func `an answer to another question is not believed`() async throws {
        let server = try ScriptedNameserver { query in
            var answer = query.answer.answering(a("10.6.6.6"))
            answer.name = "other.shop"
            return .answer(answer)
        }
        let resolver = try Asking(server, timeout: .milliseconds(100), attempts: 1)
        let result = try await resolver.lookUp("headless.shop")
        #expect(result.isUnknown(because: "no answer from \(server.endpoint) over UDP within "))
    }

    @Test func `garbage behind a good question is unknown`() async throws {
        let server = try ScriptedNameserver { query in
            var answer = query.answer
            answer.counts = [65_535, 65_535, 65_535]
            return .bytes(answer.bytes + [0xC0, 0xFF, 1, 2, 3])
        }
        guard case .unknown(let reason) = try await Asking(server).lookUp("headless.shop") else {
            Issue.record("believed")
            return
        }
        #expect(reason.contains("malformed answer (compression loop) from \(server.endpoint)"))
    }

    @Test func `bytes that are no message are not believed`() async throws {
        let server = try ScriptedNameserver { query in .bytes(pair(query.id) + [0xFF, 0xFF, 0xFF]) }
        let resolver = try Asking(server, timeout: .milliseconds(100), attempts: 1)
        guard case .unknown = try await resolver.lookUp("headless.shop") else {
            Issue.record("believed")
            return
        }
    }

    @Test func `a dual-stack name is its IPv4 addresses unless both are wanted`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.answer.answering(query.type == .a ? a("10.0.0.1") : aaaa("2001:db8::1")))
        }
        let resolver = try Asking(server)
        let auto = try await resolver.lookUp("headless.shop", family: .auto)
        #expect(try auto == .complete(endpoints("10.0.0.1:12000"), timeToLive: .seconds(5)))
        let both = try await resolver.lookUp("headless.shop", family: .both)
        #expect(
            try Set([both]) == [
                .complete(endpoints("10.0.0.1:12000", "[2001:db8::1]:12000").normalized(), timeToLive: .seconds(5))
            ])
    }

    @Test func `a name without IPv4 addresses is its IPv6 addresses`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.type == .a ? query.answer : query.answer.answering(aaaa("2001:db8::1")))
        }
        let result = try await Asking(server).lookUp("headless.shop", family: .auto)
        #expect(try result == .complete(endpoints("[2001:db8::1]:12000"), timeToLive: .seconds(5)))
    }

    @Test func `a failing IPv4 answer is not replaced by IPv6`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.type == .a ? query.answer.code(2) : query.answer.answering(aaaa("2001:db8::1")))
        }
        let result = try await Asking(server).lookUp("headless.shop", family: .auto)
        #expect(result == .unknown(reason: "SERVFAIL from \(server.endpoint)"))
    }

    @Test func `one resolver serves many lookups at a time`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.answering(a("10.0.0.1"))) }
        let resolver = try Asking(server, timeout: .seconds(1))
        let results = try await withThrowingTaskGroup(of: LookupResult.self) { group in
            for index in 0..<100 { group.addTask { try await resolver.lookUp("n\(index).shop") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let expected = LookupResult.complete(try endpoints("10.0.0.1:12000"), timeToLive: .seconds(5))
        #expect(results.count == 100 && results.allSatisfy { $0 == expected })
    }
}
