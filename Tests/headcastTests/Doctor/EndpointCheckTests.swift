import Datagrams
import Endpoints
import Glibc
import Testing

@testable import headcast

struct EndpointCheckTests {
    private func findings(
        _ texts: String..., isListed: Bool = false, closed: [String: Int32] = [:]
    ) throws -> [Finding] {
        let addresses = try texts.map { try #require(IPAddress($0)) }
        let routes = addresses.map { ($0, closed["\($0)"].map(Route.closed) ?? .open(mtu: 1_500)) }
        return EndpointCheck(
            addresses: addresses, isListed: isListed, routes: Dictionary(uniqueKeysWithValues: routes)
        ).findings
    }

    @Test func `endpoints with routes are well`() throws {
        #expect(try findings("10.0.0.1", "10.0.0.2").lines("endpoints") == ["ok 2 addresses, a route to each"])
        #expect(try findings("10.0.0.1").lines("endpoints") == ["ok 1 address, a route to it"])
    }

    @Test func `an address without a route is bad and named with its error`() throws {
        let findings = try findings("10.0.0.1", "192.0.2.1", closed: ["192.0.2.1": ENETUNREACH])
        let expected = "bad 1 of 2 addresses is without a way: 192.0.2.1: network is unreachable (ENETUNREACH)"
        #expect(findings.lines("endpoints") == [expected])
        #expect(findings.advice("endpoints").contains("where the gateway runs"))
    }

    @Test func `IPv6 addresses without a route lead to the family`() throws {
        let findings = try findings("2001:db8::1", closed: ["2001:db8::1": ENETUNREACH])
        #expect(findings.advice("endpoints").contains("family=ipv4"))
    }

    @Test func `a broadcast address is bad`() throws {
        let findings = try findings("255.255.255.255", isListed: true, closed: ["255.255.255.255": EACCES])
        #expect(findings.map(\.level) == [.bad])
        #expect(findings.advice("endpoints").contains("broadcast"))
    }

    @Test func `loopback is odd when DNS says it, and meant when it is written down`() throws {
        #expect(try findings("127.0.0.1").map(\.level) == [.ok, .warn])
        #expect(try findings("127.0.0.1", isListed: true).map(\.level) == [.ok])
    }

    @Test func `a multicast group is a warning`() throws {
        let findings = try findings("239.1.1.1", "10.0.0.1", isListed: true)
        #expect(findings.lines("endpoints").contains("warn 1 of 2 addresses is a multicast group: 239.1.1.1"))
    }

    @Test func `nothing is said of no endpoints`() throws {
        #expect(try findings().isEmpty)
    }
}
