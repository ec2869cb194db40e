import Datagrams
import Endpoints
import Glibc
import Testing

struct RouteTests {
    private func route(to address: String, from source: String? = nil) throws -> Route {
        Route(to: try #require(IPAddress(address)), from: try source.map { try #require(IPAddress($0)) })
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1"])
    func `the way to loopback is open for large packets`(_ address: String) throws {
        guard case .open(let mtu) = try route(to: address) else {
            Issue.record("closed")
            return
        }
        #expect(mtu >= 16_384)
    }

    @Test func `a broadcast address is closed`() throws {
        #expect(try route(to: "255.255.255.255") == .closed(EACCES))
    }

    @Test func `a source that this machine does not have closes every way`() throws {
        #expect(try route(to: "127.0.0.1", from: "192.0.2.1") == .closed(EADDRNOTAVAIL))
    }

    @Test(arguments: ["0.0.0.0", "::1"])
    func `a source that does not fit is not used`(_ source: String) throws {
        #expect(try route(to: "127.0.0.1", from: source) == route(to: "127.0.0.1"))
    }
}
