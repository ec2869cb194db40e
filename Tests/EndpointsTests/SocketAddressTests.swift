import Endpoints
import Glibc
import Testing

struct SocketAddressTests {
    @Test(arguments: ["10.0.0.1:80", "[2001:db8::1]:65535", "[::]:0", "0.0.0.0:1"])
    func `an endpoint is read back from its kernel form`(_ text: String) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(SocketAddress(endpoint, family: AF_INET6).endpoint == endpoint)
        #expect(SocketAddress(endpoint).endpoint == endpoint)
    }

    @Test func `an IPv4 socket is given no IPv6 endpoint as if it were IPv4`() throws {
        // Its last 32 bits are those of 127.0.0.1.
        let endpoint = try #require(Endpoint("[2001:db8::7f00:1]:9"))
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let address = SocketAddress(endpoint, family: AF_INET)
        let bound = address.withPointer { bind(descriptor, $0, $1) }
        #expect(bound == -1 && errno == EAFNOSUPPORT)
        let sent = address.withPointer { sendto(descriptor, nil, 0, 0, $0, $1) }
        #expect(sent == -1 && errno == EAFNOSUPPORT)
    }

    @Test(arguments: [AF_UNSPEC, AF_UNIX])
    func `an address of another family is no endpoint`(_ family: Int32) throws {
        var storage = SocketAddress(try #require(Endpoint("10.0.0.1:80")), family: AF_INET).storage
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: sa_family_t(family), as: sa_family_t.self) }
        #expect(SocketAddress(storage).endpoint == nil)
    }
}
