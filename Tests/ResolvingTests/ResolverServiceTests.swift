import Testing

@testable import Resolving

struct ResolverServiceTests {
    private let port = LookupPort.named("udp")

    @Test func `members of a named port have the ports and names of their SRV records`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(
                query.answer
                    .answering(srv("pod-1.headless.shop", port: 12_001), srv("pod-0.headless.shop", port: 12_000))
                    .adding(a("10.0.0.2", of: "pod-1.headless.shop"), a("10.0.0.1", of: "pod-0.headless.shop", ttl: 2)))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        let members = try endpoints("pod-0@10.0.0.1:12000", "pod-1@10.0.0.2:12001")
        #expect(result == .complete(members, timeToLive: .seconds(2)))
        #expect(server.received.map(\.name) == ["_udp._udp.headless.shop"])
    }

    @Test func `a target without glue is asked for`() async throws {
        let server = try ScriptedNameserver { query in
            if query.type == .srv {
                return .answer(query.answer.answering(srv("pod-0.headless.shop", port: 12_000)))
            }
            return .answer(query.answer.answering(a("10.0.0.1", ttl: 1)))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        #expect(try result == .complete(endpoints("pod-0@10.0.0.1:12000"), timeToLive: .seconds(1)))
    }

    @Test func `300 targets without glue are all asked for`() async throws {
        let server = try ScriptedNameserver { query in
            guard query.type == .srv else {
                let number = query.name.split(separator: ".")[0].dropFirst(4)
                return .answer(
                    query.answer.answering(a("10.0.\((Int(number) ?? 0) / 256).\((Int(number) ?? 0) % 256)")))
            }
            var answer = query.isTCP ? query.answer : query.answer.truncated()
            answer.answers = (1...(query.isTCP ? 300 : 1)).map { srv("pod-\($0).headless.shop", port: 12_000) }
            return .answer(answer)
        }
        let resolver = try Asking(server, timeout: .seconds(1))
        guard case .complete(let members, _) = try await resolver.lookUp("headless.shop", port: port) else {
            Issue.record("not complete")
            return
        }
        #expect(members.count == 300)
    }

    @Test func `a target that fails makes the lookup unknown`() async throws {
        let server = try ScriptedNameserver { query in
            guard query.type == .srv else { return .answer(query.answer.code(2)) }
            return .answer(
                query.answer
                    .answering(srv("pod-0.headless.shop", port: 12_000), srv("pod-1.headless.shop", port: 12_000))
                    .adding(a("10.0.0.1", of: "pod-0.headless.shop")))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        let reason = "SERVFAIL from \(server.endpoint), asked for SRV target pod-1.headless.shop"
        #expect(result == .unknown(reason: reason))
    }

    @Test func `a target that is gone is left out`() async throws {
        let server = try ScriptedNameserver { query in
            guard query.type == .srv else { return .answer(query.answer.code(3)) }
            return .answer(
                query.answer
                    .answering(srv("pod-0.headless.shop", port: 12_000), srv("pod-1.headless.shop", port: 12_000))
                    .adding(a("10.0.0.1", of: "pod-0.headless.shop")))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        #expect(try result == .complete(endpoints("pod-0@10.0.0.1:12000"), timeToLive: .seconds(5)))
    }

    @Test func `a name made up from the address is no pod's name`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(
                query.answer
                    .answering(srv("10-42-0-1.headless.shop", port: 12_000), srv("fd00--1.headless.shop", port: 12_000))
                    .adding(a("10.42.0.1", of: "10-42-0-1.headless.shop"), aaaa("fd00::1", of: "fd00--1.headless.shop"))
            )
        }
        let resolver = try Asking(server)
        let auto = try await resolver.lookUp("headless.shop", port: port, family: .auto)
        #expect(try auto == .complete(endpoints("10.42.0.1:12000"), timeToLive: .seconds(5)))
        let both = try await resolver.lookUp("headless.shop", port: port, family: .both)
        let members = try endpoints("10.42.0.1:12000", "[fd00::1]:12000").normalized()
        #expect(both == .complete(members, timeToLive: .seconds(5)))
        // Nothing is missing where a target is spelled after its address.
        #expect(server.received.allSatisfy { $0.type == .srv })
    }

    @Test func `a target elsewhere is named in full`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(
                query.answer.answering(srv("node-7.example.org", port: 9)).adding(
                    a("10.0.0.7", of: "node-7.example.org")))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        #expect(try result == .complete(endpoints("node-7.example.org@10.0.0.7:9"), timeToLive: .seconds(5)))
    }

    @Test func `one address with two ports is two members`() async throws {
        let server = try ScriptedNameserver { query in
            .answer(
                query.answer.answering(srv("p.headless.shop", port: 1), srv("p.headless.shop", port: 2))
                    .adding(a("10.0.0.1", of: "p.headless.shop")))
        }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        #expect(try result == .complete(endpoints("p@10.0.0.1:1", "p@10.0.0.1:2"), timeToLive: .seconds(5)))
    }

    @Test func `a service without such a port is negative`() async throws {
        let server = try ScriptedNameserver { query in .answer(query.answer.code(3)) }
        let result = try await Asking(server).lookUp("headless.shop", port: port)
        #expect(result == .negative(reason: "NXDOMAIN for _udp._udp.headless.shop"))
    }
}
