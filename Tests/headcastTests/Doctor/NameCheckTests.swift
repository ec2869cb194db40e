import Endpoints
import Resolving
import Testing

@testable import headcast

struct NameCheckTests {
    private func findings(_ looked: Looked, _ result: LookupResult) throws -> [Finding] {
        NameCheck(facts: try looked.facts(result)).findings
    }

    @Test func `a name that answers at once is well`() throws {
        let looked = Looked(exchanges: [try Looked.exchange(Looked.answer())])
        let expected = "ok headless-udp.shop.svc.cluster.local: 10.96.0.10:53 answered in 2 ms"
        #expect(try findings(looked, Looked.found("10.0.0.1")).lines("name") == [expected])
    }

    @Test func `a name that needs the search list should be written out`() throws {
        let looked = Looked(
            name: "headless-udp",
            exchanges: [
                try Looked.exchange(Looked.answer(3), "headless-udp"),
                try Looked.exchange(Looked.answer()), try Looked.exchange(Looked.answer(), Looked.name, .aaaa),
            ])
        let findings = try findings(looked, Looked.found("10.0.0.1"))
        #expect(findings.lines("name").first?.hasSuffix("after 1 other name of the search list") == true)
        #expect(findings[0].level == .warn)
        #expect(findings.advice("name").contains("dns://headless-udp.shop.svc.cluster.local.:12000"))
    }

    @Test func `a name that does not exist leads to the Service and its pods`() throws {
        let looked = Looked(exchanges: [try Looked.exchange(Looked.answer(3))])
        let findings = try findings(looked, .negative(reason: "NXDOMAIN for \(Looked.name)"))
        #expect(
            findings.lines("name") == ["bad NXDOMAIN for \(Looked.name); 10.96.0.10:53 answered in 2 ms"])
        #expect(findings.advice("name").contains("no pod is ready, or name or namespace are wrong"))
        #expect(findings.advice("name").hasSuffix("kubectl -n shop get service,endpointslices"))
    }

    @Test(arguments: ["headless-udp", "headless-udp.shop", "headless-udp.shop.svc"])
    func `a short name that is not completed leads to the whole name`(name: String) throws {
        let looked = Looked(name: name, exchanges: [try Looked.exchange(Looked.answer(3), name)])
        var facts = try looked.facts(.negative(reason: "NXDOMAIN for \(name)"))
        #expect(!NameCheck(facts: facts).findings.advice("name").contains("search domains"))
        facts.completion = .resolverSet
        #expect(NameCheck(facts: facts).findings.advice("name").contains("with a resolver set, search domains are not"))
        facts.completion = .noDomains
        #expect(NameCheck(facts: facts).findings.advice("name").hasPrefix("/etc/resolv.conf names no search domains"))
    }

    @Test func `a name without addresses of the family is told from one that does not exist`() throws {
        let looked = Looked(family: .ipv6, exchanges: [try Looked.exchange(Looked.answer())])
        let findings = try findings(looked, .negative(reason: "no AAAA record for \(Looked.name)"))
        #expect(findings[0].level == .bad)
        #expect(findings.advice("name").contains("does family=ipv6 fit the ipFamilies"))
    }

    @Test func `a port that the Service does not name is told from a name that does not exist`() throws {
        var looked = Looked(
            port: .named("udp"), exchanges: [try Looked.exchange(Looked.answer(3), "_udp._udp.\(Looked.name)", .srv)])
        looked.aside = try Looked.found("10.0.0.1", "10.0.0.2")
        let reason = LookupResult.negative(reason: "NXDOMAIN for _udp._udp.\(Looked.name)")
        let findings = try findings(looked, reason)
        #expect(findings.lines("name")[0].hasPrefix("bad \(Looked.name) has 2 addresses, but no UDP port named udp"))
        #expect(findings.advice("name").contains("name: udp, protocol: UDP"))
        looked.aside = reason
        #expect(try self.findings(looked, reason).lines("name")[0].hasPrefix("bad NXDOMAIN for _udp._udp"))
    }

    @Test(arguments: [
        (Looked.answer(2), "the DNS server itself failed"), (Looked.answer(5), "is it the cluster's?"),
        (.timedOut, "does a NetworkPolicy keep port 53"), (.timedOut, "on OpenShift 5353"),
        (.unreachable, "no DNS server listens there"),
        (.unusable("malformed answer"), "no working DNS server"),
    ])
    func `each failure has its own advice`(outcome: DNSExchange.Outcome, advice: String) throws {
        let looked = Looked(exchanges: [try Looked.exchange(outcome)])
        let findings = try findings(looked, .unknown(reason: "it failed"))
        #expect(findings.lines("name") == ["bad it failed"])
        #expect(findings.advice("name").contains(advice))
    }

    @Test func `a nameserver that failed before another answered is a warning`() throws {
        let looked = Looked(exchanges: [
            try Looked.exchange(.timedOut, in: .milliseconds(1_500)), try Looked.exchange(Looked.answer()),
        ])
        let findings = try findings(looked, Looked.found("10.0.0.1"))
        #expect(findings.map(\.level) == [.ok, .warn])
        #expect(findings.lines("nameserver") == ["warn 10.96.0.10:53 did not answer over UDP within 1.5 s"])
    }

    @Test func `an answer that came after a repeat is a warning`() throws {
        let looked = Looked(exchanges: [try Looked.exchange(Looked.answer(), in: .milliseconds(520))])
        let findings = try findings(looked, Looked.found("10.0.0.1"))
        #expect(findings.lines("nameserver") == ["warn 10.96.0.10:53 answered over UDP only after 520 ms"])
    }

    @Test func `a name whose answer was cut short exists`() throws {
        let looked = Looked(exchanges: [
            try Looked.exchange(Looked.answer(isTruncated: true)), try Looked.exchange(.timedOut, over: .tcp),
        ])
        let findings = try findings(looked, .unknown(reason: "truncated answer; no answer"))
        #expect(findings.map(\.level) == [.ok])
    }

    @Test func `the targets of SRV records are no names of the search list`() throws {
        let looked = Looked(
            port: .named("udp"),
            exchanges: [
                try Looked.exchange(Looked.answer(), "_udp._udp.\(Looked.name)", .srv),
                try Looked.exchange(Looked.answer(), "pod-0.\(Looked.name)"),
            ])
        #expect(try looked.facts(Looked.found("10.0.0.1")).names == [Looked.name])
        #expect(try findings(looked, Looked.found("10.0.0.1")).map(\.level) == [.ok])
    }
}
