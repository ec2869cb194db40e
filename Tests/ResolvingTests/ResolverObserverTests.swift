import Synchronization
import Testing

@testable import Resolving

struct ResolverObserverTests {
    /// What an observer was told.
    private final class Exchanges: Sendable {
        private let list = Mutex<[DNSExchange]>([])

        var all: [DNSExchange] { list.withLock { $0 } }
        var answers: [DNSExchange.Answer] {
            all.compactMap { if case .answered(let answer) = $0.outcome { answer } else { nil } }
        }

        func add(_ exchange: DNSExchange) { list.withLock { $0.append(exchange) } }
    }

    private func observe(
        _ asking: Asking, _ name: String, port: LookupPort = .number(12_000), family: AddressFamilyRule = .ipv4
    ) async throws -> Exchanges {
        let exchanges = Exchanges()
        let request = try LookupRequest(name: name, port: port, family: family)
        _ = await withCheckedContinuation { continuation in
            asking.resolver.lookUp(request, observer: exchanges.add) { continuation.resume(returning: $0) }
        }
        return exchanges
    }

    @Test func `an answer is observed with its size, records and time to live`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(query.answer.answering(a("10.0.0.1", ttl: 30), a("10.0.0.2", ttl: 20)))
        }
        let exchanges = try await observe(Asking(server), "headless.shop").all
        try #require(exchanges.count == 1)
        #expect(exchanges[0].question == DNSQuestion(name: try #require(DNSName("headless.shop")), type: .a))
        #expect(exchanges[0].nameserver == server.endpoint)
        #expect(exchanges[0].transport == .udp)
        #expect(exchanges[0].time > .zero)
        var answer = AnswerBytes(name: "headless.shop")
        answer.answers = [a("10.0.0.1"), a("10.0.0.2")]
        let expected = DNSExchange.Answer(
            byteCount: answer.bytes.count, records: [.a: 2], timeToLive: .seconds(20))
        #expect(exchanges[0].outcome == .answered(expected))
    }

    @Test func `a truncated answer and its repeat over TCP are two exchanges`() async throws {
        let server = try ScriptedNameserver { query in
            let answer = query.isTCP ? query.answer : query.answer.truncated()
            return .answer(answer.answering(a("10.0.0.1")))
        }
        let exchanges = try await observe(Asking(server), "headless.shop")
        #expect(exchanges.all.map(\.transport) == [.udp, .tcp])
        #expect(exchanges.answers.map(\.isTruncated) == [true, false])
    }

    @Test func `every name of the search is observed`() async throws {
        let server = try ScriptedNameserver { query in
            let isKnown = query.name == "headless.b"
            return .answer(isKnown ? query.answer.answering(a("10.0.0.1")) : query.answer.code(3))
        }
        let exchanges = try await observe(Asking(server, searchDomains: ["a", "b"]), "headless")
        #expect(exchanges.all.map { "\($0.question.name)" } == ["headless.a", "headless.b"])
        #expect(exchanges.answers.map(\.codeName) == ["NXDOMAIN", "NOERROR"])
    }

    @Test func `the records that came along are counted`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(
                query.answer.answering(srv("pod-0.headless.shop", port: 9)).adding(
                    a("10.0.0.1", of: "pod-0.headless.shop")))
        }
        let exchanges = try await observe(Asking(server), "headless.shop", port: .named("udp"))
        #expect(exchanges.answers.map(\.records) == [[.srv: 1, .a: 1]])
    }

    @Test func `a nameserver that fails is observed, and so is the next one`() async throws {
        let bad = try ScriptedNameserver { query in .answer(query.answer.code(2)) }
        let good = try ScriptedNameserver { query in .answer(query.answer.answering(a("10.0.0.1"))) }
        let exchanges = try await observe(Asking(bad, good), "headless.shop")
        #expect(exchanges.all.map(\.nameserver) == [bad.endpoint, good.endpoint])
        #expect(exchanges.answers.map(\.codeName) == ["SERVFAIL", "NOERROR"])
    }

    @Test func `silence is observed with the time that it took`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        let asking = try Asking(server, timeout: .milliseconds(50), attempts: 1)
        let exchanges = try await observe(asking, "headless.shop").all
        #expect(exchanges.map(\.outcome) == [.timedOut])
        #expect(exchanges[0].time >= .milliseconds(50))
    }

    @Test func `a nameserver that is not there is observed as unreachable`() async throws {
        let server = try ScriptedNameserver { _ in .silence }
        server.shutDown()
        #expect(try await observe(Asking(server), "headless.shop").all.map(\.outcome) == [.unreachable])
    }

    @Test func `an answer that cannot be used is observed with its fault`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.answering(record(.a, [10, 0, 0]))) }
        let outcomes = try await observe(Asking(server), "headless.shop").all.map(\.outcome)
        #expect(outcomes.first == .unusable("malformed answer (A record of a wrong length)"))
    }
}
