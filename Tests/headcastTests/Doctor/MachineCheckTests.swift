import Datagrams
import Endpoints
import FanOut
import Gateway
import Glibc
import Resolving
import Testing

@testable import headcast

struct MachineCheckTests {
    private static let good = MachineFacts(
        listening: .free, sourceFault: nil, sendBufferBytes: 8 << 20,
        buffers: BufferLimits(defaultReceiveBytes: 212_992, largestReceiveBytes: 8 << 20),
        takesRuns: true, descriptorLimit: 20_000, hasIPv6: true, resolver: nil)

    private func findings(
        _ change: (inout GatewayConfiguration, inout MachineFacts) -> Void = { _, _ in }
    ) -> [Finding] {
        var configuration = GatewayConfiguration(name: "gw-1")
        configuration.topics = [TopicConfiguration(name: "orders", source: .static([]))]
        var facts = Self.good
        change(&configuration, &facts)
        return MachineCheck(configuration: configuration, facts: facts).findings
    }

    @Test func `a good machine is well in every respect`() {
        let findings = findings()
        #expect(findings.allSatisfy { $0.level == .ok })
        #expect(findings.map(\.subject) == ["listen", "descriptors", "sending", "receiving", "runs", "ipv6"])
        let receiving = "ok a receiver here holds some 92 datagrams of 1,232 bytes, and with SO_RCVBUF up to 3,640"
        #expect(findings.lines("receiving") == [receiving])
    }

    @Test func `a gateway that runs here is no fault`() {
        let findings = findings { configuration, facts in
            configuration.sendFrom = Endpoint(address: .loopback, port: 9_000)
            facts.listening = .gateway("gw-1")
            facts.sourceFault = EADDRINUSE
        }
        #expect(findings.lines("listen") == ["ok a gateway is running at 127.0.0.1:8080: gw-1"])
        #expect(findings.lines("source") == ["ok 127.0.0.1:9000 is taken, by gateway gw-1 most likely"])
    }

    @Test(arguments: [
        (EADDRINUSE, "another program has the port"), (EACCES, "ports below 1,024"),
        (EADDRNOTAVAIL, "an address of this machine"),
    ])
    func `an address that cannot be listened at is bad`(code: Int32, advice: String) {
        let findings = findings { $1.listening = .refused(code) }
        #expect(findings.first?.level == .bad)
        #expect(findings.advice("listen").contains(advice))
    }

    @Test func `a source that is taken while no gateway runs is bad`() {
        let findings = findings { configuration, facts in
            configuration.sendFrom = Endpoint(address: .loopback, port: 9_000)
            facts.sourceFault = EADDRINUSE
        }
        let text = "bad cannot send from 127.0.0.1:9000: address already in use (EADDRINUSE)"
        #expect(findings.lines("source") == [text])
        #expect(findings.advice("source").contains("no gateway answers at 127.0.0.1:8080"))
    }

    @Test func `a source that this machine does not have is bad although a gateway runs`() {
        let findings = findings { configuration, facts in
            configuration.sendFrom = Endpoint(address: .loopback, port: 9_000)
            facts.listening = .gateway("gw-1")
            facts.sourceFault = EADDRNOTAVAIL
        }
        #expect(findings.lines("source").first?.hasPrefix("bad cannot send from 127.0.0.1:9000: ") == true)
        #expect(findings.advice("source") == "is it an address of this machine?")
    }

    @Test func `too few descriptors are a warning that says how many connections fit`() {
        let findings = findings { $1.descriptorLimit = 1_024 }
        #expect(findings.lines("descriptors")[0].hasPrefix("warn 1,024 at most, for 4,096 connections"))
        #expect(findings.advice("descriptors").contains("maximumConnections to 896"))
    }

    @Test func `a small send buffer is a warning, and the one that Linux ships with is not`() {
        #expect(findings { $1.sendBufferBytes = 2 * 212_992 }.lines("sending")[0].hasPrefix("ok 212,992 bytes of"))
        let findings = findings { $1.sendBufferBytes = 2 * 100_000 }
        #expect(findings.lines("sending")[0].hasSuffix("net.core.wmem_max caps it"))
        #expect(findings.advice("sending").contains("sysctl -w net.core.wmem_max=4194304"))
    }

    @Test func `a receive buffer that one burst overflows is a warning`() {
        let findings = findings { configuration, _ in configuration.topics[0].maximumPayloadBytes = 100 }
        #expect(findings.lines("receiving")[0].hasSuffix("a millisecond may bring it 655"))
        #expect(findings.advice("receiving").contains("net.core.rmem_max (here 4,194,304)"))
    }

    @Test func `a receiver holds datagrams, not payloads`() {
        let findings = findings { configuration, _ in
            configuration.topics[0].format = .enveloped
            configuration.topics[0].maximumPayloadBytes = 1 << 20
        }
        let receiving = "ok a receiver here holds some 92 datagrams of 1,232 bytes, and with SO_RCVBUF up to 3,640"
        #expect(findings.lines("receiving") == [receiving])
    }

    @Test func `a kernel without UDP_SEGMENT is a warning`() {
        #expect(findings { $1.takesRuns = false }.lines("runs")[0].hasPrefix("warn"))
    }

    @Test func `no IPv6 is bad only for a topic that wants it`() {
        #expect(findings { $1.hasIPv6 = false }.lines("ipv6") == ["ok not there; IPv4 alone is used"])
        let findings = findings { configuration, facts in
            configuration.topics[0].family = .both
            facts.hasIPv6 = false
        }
        #expect(findings.lines("ipv6")[0].hasPrefix("bad"))
    }

    @Test func `the nameservers and the search list are told`() {
        let text = "nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local\noptions ndots:5\n"
        let expected =
            "ok 10.96.0.10:53; search shop.svc.cluster.local, svc.cluster.local; ndots 5, from /etc/resolv.conf"
        #expect(findings { $1.resolver = ResolverConfiguration(text: text) }.lines("dns") == [expected])
    }
}
