import Datagrams
import Endpoints
import FanOut
import Gateway
import Glibc
import Testing

@testable import headcast

struct PathCheckTests {
    private static let addresses = (1...3).map { IPAddress(v4: 0x0A00_0000 + $0) }
    private static let router = IPAddress(v4: 0x0A63_00FE)

    /// What is found where outcome `n` is that of the n-th address; nil for one that was not tried.
    private func findings(
        _ bytes: Int = 1_232, mtu: Int = 1_500, _ outcomes: PathProbe.Outcome?..., probes: Bool = true
    ) -> [Finding] {
        var topic = TopicConfiguration(name: "orders", source: .static([]))
        topic.maximumPayloadBytes = bytes
        return findings(topic, mtu: mtu, outcomes, probes: probes)
    }

    /// The same of a topic whose payloads are not its datagrams.
    private func findings(
        _ format: MessageFormat, datagramBytes: Int, payloadBytes: Int, mtu: Int, _ outcomes: PathProbe.Outcome?...
    ) -> [Finding] {
        var topic = TopicConfiguration(name: "prices", source: .static([]))
        topic.format = format
        topic.datagramBytes = datagramBytes
        topic.maximumPayloadBytes = payloadBytes
        return findings(topic, mtu: mtu, outcomes)
    }

    private func findings(
        _ topic: TopicConfiguration, mtu: Int, _ outcomes: [PathProbe.Outcome?], probes: Bool = true
    ) -> [Finding] {
        let routes = Self.addresses.map { ($0, Route.open(mtu: mtu)) }
        var tried: [PathProbe.Destination: PathProbe.Outcome] = [:]
        for (address, outcome) in zip(Self.addresses, outcomes) {
            tried[PathProbe.Destination(address: address, payloadBytes: topic.largestDatagramBytes)] = outcome
        }
        return PathCheck(
            topic: topic, addresses: Self.addresses, routes: Dictionary(uniqueKeysWithValues: routes),
            trying: probes ? .done(tried) : .not(because: "--no-probe is given")
        ).findings
    }

    @Test func `a payload that fits and arrives is well`() {
        let findings = findings(1_232, .arrived, .arrived, .arrived)
        #expect(findings.lines("mtu") == ["ok payloads of 1,232 bytes fit the routes, which take up to 1,472"])
        #expect(findings.lines("path") == ["ok a datagram of 1,232 bytes got to all 3 addresses"])
    }

    @Test func `a payload that exceeds the routes is bad and says what fits`() {
        let findings = findings(1_472, mtu: 1_400, .tooLarge(mtu: 1_400, by: nil))
        #expect(
            findings.lines("mtu") == [
                "bad the way to all 3 addresses takes payloads of up to 1,372 bytes, and the topic allows 1,472: "
                    + "longer ones fail with EMSGSIZE"
            ])
        #expect(findings.advice("mtu").contains("maximumPayloadBytes=1372"))
        #expect(findings.lines("path").isEmpty)
    }

    @Test func `a payload of exactly the route's room fits`() {
        #expect(findings(1_372, mtu: 1_400, probes: false).lines("mtu")[0].hasPrefix("ok"))
        #expect(findings(1_373 - 1 + 1, mtu: 1_400, probes: false).lines("mtu")[0].hasPrefix("bad"))
    }

    @Test func `a router with a smaller MTU is bad and named`() {
        let findings = findings(1_472, .arrived, .tooLarge(mtu: 1_400, by: Self.router), .arrived)
        #expect(findings.lines("path")[0] == "ok a datagram of 1,472 bytes got to 2 of 3 addresses")
        #expect(
            findings.lines("path")[1].hasPrefix("bad on the way to 10.0.0.2, 10.99.0.254 lets packets of 1,400 bytes"))
        #expect(findings.advice("path").contains("maximumPayloadBytes=1372"))
    }

    @Test func `a path that swallows long datagrams is bad`() {
        let findings = findings(1_232, .onlyShortArrives)
        #expect(findings.lines("path").first?.hasPrefix("bad datagrams of 1,232 bytes vanish") == true)
        #expect(findings.advice("path").contains("fragmentation needed"))
    }

    @Test func `an address that nobody has is bad`() {
        let findings = findings(1_232, .unreachable(EHOSTUNREACH, by: nil))
        #expect(findings.lines("path").first?.contains("no route to host (EHOSTUNREACH), says this machine") == true)
    }

    @Test func `a firewall that turns the probe away is a warning`() {
        let findings = findings(1_232, .unreachable(ECONNREFUSED, by: Self.router))
        #expect(findings.lines("path").first?.hasPrefix("warn 10.99.0.254 turns away") == true)
    }

    @Test func `what may not leave is for this machine's own firewall`() {
        let findings = findings(1_232, .unreachable(EPERM, by: nil))
        #expect(findings.lines("path") == ["warn this machine's own firewall turns away what goes to 10.0.0.1"])
        #expect(findings.advice("path").contains("nft list ruleset"))
    }

    @Test func `where no address was tried it says why`() {
        #expect(findings(1_232).lines("path") == ["ok not tried: the addresses of other topics came first"])
        var topic = TopicConfiguration(name: "orders", source: .static([]))
        topic.maximumPayloadBytes = 1_232
        let closed = PathCheck(
            topic: topic, addresses: Self.addresses,
            routes: Dictionary(uniqueKeysWithValues: Self.addresses.map { ($0, Route.closed(ENETUNREACH)) }),
            trying: .done([:]))
        #expect(closed.findings.lines("path") == ["ok not tried: no route leads to an address"])
    }

    @Test func `silence of all says nothing, and silence of one is a warning`() {
        let all = findings(1_232, .silent, .silent, .silent)
        #expect(
            all.lines("path") == [
                "ok no word from all 3 addresses, as where a NetworkPolicy or a firewall drops the ports 33434 to 33436: "
                    + "more than the routes say is not known"
            ])
        let one = findings(1_232, .arrived, .silent, .arrived)
        #expect(one.lines("path")[1] == "warn no word from 10.0.0.2, while others answer")
    }

    @Test func `how many were tried is said when it was not all`() {
        #expect(findings(1_232, .arrived).lines("path")[0].hasSuffix("got to the address (1 of 3 were tried)"))
        #expect(findings(probes: false).lines("path") == ["ok not tried: --no-probe is given"])
    }

    @Test(arguments: [(1_473, 1_500, 2), (2_952, 1_500, 2), (2_953, 1_500, 3), (65_507, 1_500, 45)])
    func `a topic with long payloads is told the number of fragments`(bytes: Int, mtu: Int, count: Int) {
        let findings = findings(bytes, mtu: mtu, .arrived)
        #expect(findings.lines("mtu")[0].contains("in up to \(count) fragments each"))
        #expect(findings[0].level == .warn)
        #expect(findings.lines("path")[0].contains("a datagram of \(bytes.grouped) bytes"))
    }

    @Test func `long payloads on a network of long packets are well`() {
        let lines = findings(8_000, mtu: 9_000, probes: false).lines("mtu")
        #expect(lines[0].hasPrefix("ok payloads of 8,000"))
        #expect(lines[0].hasSuffix("which take up to 8,972; links of 1,500 bytes cut them into 6 fragments"))
        let cut = findings(20_000, mtu: 9_000, probes: false).lines("mtu")
        #expect(cut[0].contains("in up to 3 fragments each (14 on links of 1,500 bytes), and"), "\(cut)")
    }

    @Test(arguments: [MessageFormat.enveloped, .cloudevents], [200, 1 << 20])
    func `what is judged and tried is the longest datagram, whatever a payload may be`(
        format: MessageFormat, payloadBytes: Int
    ) {
        let findings = findings(format, datagramBytes: 1_232, payloadBytes: payloadBytes, mtu: 1_500, .arrived)
        #expect(findings.lines("mtu") == ["ok datagrams of 1,232 bytes fit the routes, which take up to 1,472"])
        #expect(findings.lines("path")[0].hasPrefix("ok a datagram of 1,232 bytes got to"))
    }

    @Test func `datagrams that exceed the way are to be shorter`() {
        let narrow = findings(
            .enveloped, datagramBytes: 1_472, payloadBytes: 1 << 20, mtu: 1_400, .tooLarge(mtu: 1_400, by: nil))
        #expect(
            narrow.lines("mtu") == [
                "bad the way to all 3 addresses takes datagrams of up to 1,372 bytes, and the topic allows 1,472: "
                    + "longer ones fail with EMSGSIZE"
            ])
        #expect(
            narrow.advice("mtu") == "set datagramBytes=1372, or let the network take packets of 1500 bytes")
        let router = findings(
            .cloudevents, datagramBytes: 1_472, payloadBytes: 1_232, mtu: 1_500,
            .tooLarge(mtu: 1_400, by: Self.router))
        #expect(
            router.lines("path") == [
                "bad on the way to 10.0.0.1, 10.99.0.254 lets packets of 1,400 bytes through: datagrams of more than "
                    + "1,372 do not arrive, and the topic allows 1,472"
            ])
        #expect(router.advice("path").hasPrefix("set datagramBytes=1372, or "))
        let hole = findings(.enveloped, datagramBytes: 1_472, payloadBytes: 200, mtu: 1_500, .onlyShortArrives)
        #expect(hole.advice("path").hasSuffix("or lower datagramBytes until this gets through"))
    }

    @Test func `long datagrams are told the number of fragments`() {
        let findings = findings(.enveloped, datagramBytes: 9_000, payloadBytes: 1 << 20, mtu: 1_500, .arrived)
        #expect(findings.lines("mtu")[0].hasPrefix("warn datagrams of up to 9,000 bytes leave in up to 7 fragments"))
        #expect(findings.advice("mtu").hasPrefix("keep datagramBytes at 1472 or below"))
        #expect(findings.lines("path")[0].contains("a datagram of 9,000 bytes"))
    }

    @Test func `a path that swallows fragments is told from one that swallows long packets`() {
        let findings = findings(8_000, .onlyShortArrives)
        #expect(findings.lines("path").first?.hasPrefix("bad datagrams of 8,000 bytes vanish") == true)
        #expect(findings.advice("path").contains("let every firewall on the way pass fragments"))
    }

    @Test func `a topic without endpoints has no path`() {
        let topic = TopicConfiguration(name: "orders", source: .static([]))
        #expect(PathCheck(topic: topic, addresses: [], routes: [:], trying: .done([:])).findings.isEmpty)
    }
}
