import Endpoints
import Resolving
import Testing

@testable import headcast

struct AnswerCheckTests {
    private func findings(_ looked: Looked, _ result: LookupResult) throws -> [Finding] {
        AnswerCheck(facts: try looked.facts(result)).findings
    }

    private func one() throws -> Looked { Looked(exchanges: [try Looked.exchange(Looked.answer())]) }

    @Test func `the addresses are counted by family`() throws {
        #expect(try findings(one(), Looked.found("10.0.0.1")).lines("records") == ["ok 1 A record"])
        let both = try findings(one(), Looked.found("10.0.0.1", "10.0.0.2", "2001:db8::1"))
        #expect(both.lines("records") == ["ok 2 A records and 1 AAAA record"])
    }

    @Test func `a dual-stack service says which family counts`() throws {
        var looked = try one()
        looked.aside = try Looked.found("2001:db8::1", "2001:db8::2")
        let lines = try findings(looked, Looked.found("10.0.0.1", "10.0.0.2")).lines("records")
        #expect(lines == ["ok 2 A records; 2 AAAA not used: family=auto takes IPv4 where there is any"])
    }

    @Test func `SRV records name the pods`() throws {
        let answer = DNSExchange.Outcome.answered(DNSExchange.Answer(byteCount: 200, records: [.srv: 2, .a: 2]))
        let looked = Looked(
            port: .named("udp"), exchanges: [try Looked.exchange(answer, "_udp._udp.\(Looked.name)", .srv)])
        let result = try Looked.found("10.0.0.1", "10.0.0.2", pods: ["pod-0", "pod-1"])
        #expect(
            try findings(looked, result).lines("records") == ["ok 2 SRV records with 2 A records; pods pod-0, pod-1"])
    }

    @Test func `an answer over UDP alone is well`() throws {
        let looked = Looked(exchanges: [try Looked.exchange(Looked.answer(bytes: 1_200))])
        #expect(
            try findings(looked, Looked.found("10.0.0.1")).lines("answer") == ["ok whole over UDP: 1,200 bytes"])
    }

    @Test func `an answer that TCP completed is well`() throws {
        let looked = Looked(exchanges: [
            try Looked.exchange(Looked.answer(bytes: 1_228, isTruncated: true)),
            try Looked.exchange(Looked.answer(bytes: 3_256), over: .tcp),
        ])
        let lines = try findings(looked, Looked.found("10.0.0.1")).lines("answer")
        #expect(lines == ["ok cut over UDP, whole over TCP: 3,256 bytes"])
    }

    @Test func `a closed TCP port is bad only when it is needed`() throws {
        let looked = Looked(exchanges: [
            try Looked.exchange(Looked.answer(isTruncated: true)), try Looked.exchange(.unreachable, over: .tcp),
        ])
        let findings = try findings(looked, .unknown(reason: "truncated"))
        #expect(
            findings.lines("answer") == [
                "bad cut over UDP, and TCP failed: nobody answers at 10.96.0.10:53 over TCP"
            ])
        #expect(findings.advice("answer").contains("port 53 through over TCP as well as UDP"))
    }

    @Test func `an answer that is cut over TCP too is a warning`() throws {
        let looked = Looked(exchanges: [
            try Looked.exchange(Looked.answer(isTruncated: true)),
            try Looked.exchange(Looked.answer(isTruncated: true), over: .tcp),
        ])
        guard case .complete(let endpoints, let time) = try Looked.found("10.0.0.1", "10.0.0.2") else { return }
        let findings = try findings(looked, .truncated(endpoints, timeToLive: time))
        #expect(findings.lines("answer") == ["warn cut even over TCP, after 2 endpoints: the rest is not known"])
        #expect(findings.advice("answer").contains("only adds"))
    }

    @Test(arguments: [(0, "0 s: the gateway asks every 1 s"), (1, "1 s: "), (5, "5 s: the gateway asks every 5 s")])
    func `a short time to live is well`(seconds: Int, text: String) throws {
        let lines = try findings(one(), Looked.found("10.0.0.1", timeToLive: seconds)).lines("ttl")
        #expect(lines.first?.hasPrefix("ok \(text)") == true, "\(lines)")
    }

    @Test func `a long time to live is a warning about caches`() throws {
        let findings = try findings(one(), Looked.found("10.0.0.1", timeToLive: 30))
        #expect(findings.lines("ttl")[0].hasPrefix("warn 30 s: the gateway asks every 5 s, but a cache on the way"))
        #expect(findings.lines("ttl")[0].hasSuffix("for 30 s, also from Cache-Control: no-cache"))
        #expect(findings.advice("ttl").contains("ttl 5"))
    }

    @Test func `nothing is said of an answer that there is not`() throws {
        #expect(try findings(one(), .negative(reason: "NXDOMAIN")).isEmpty)
        #expect(try findings(one(), .unknown(reason: "SERVFAIL")).isEmpty)
    }
}
