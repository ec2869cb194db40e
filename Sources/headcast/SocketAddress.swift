import Endpoints
import Glibc

/// An endpoint in the kernel's form, for either family.
struct SocketAddress {
    static let sizeIPv4 = socklen_t(MemoryLayout<sockaddr_in>.size)
    static let sizeIPv6 = socklen_t(MemoryLayout<sockaddr_in6>.size)

    /// Large enough for both, and the family is at the same place. A sockaddr_storage would do as well, but which module
    /// has it differs between builds with shared and with static libraries.
    private var storage = sockaddr_in6()

    init() {}

    init(_ endpoint: Endpoint) {
        withUnsafeMutableBytes(of: &storage) { bytes in
            if endpoint.address.isIPv4 {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = endpoint.port.bigEndian
                address.sin_addr.s_addr = endpoint.address.v4.bigEndian
                bytes.storeBytes(of: address, as: sockaddr_in.self)
            } else {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                address.sin6_port = endpoint.port.bigEndian
                withUnsafeMutableBytes(of: &address.sin6_addr) {
                    $0.storeBytes(of: endpoint.address.bits.bigEndian, as: UInt128.self)
                }
                bytes.storeBytes(of: address, as: sockaddr_in6.self)
            }
        }
    }

    /// The endpoint that the kernel wrote.
    var endpoint: Endpoint {
        withUnsafeBytes(of: storage) { bytes in
            if storage.sin6_family == sa_family_t(AF_INET) {
                let address = bytes.load(as: sockaddr_in.self)
                return Endpoint(
                    address: IPAddress(v4: UInt32(bigEndian: address.sin_addr.s_addr)),
                    port: UInt16(bigEndian: address.sin_port)
                )
            }
            let address = bytes.load(as: sockaddr_in6.self)
            let bits = withUnsafeBytes(of: address.sin6_addr) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
            return Endpoint(address: IPAddress(bits: bits), port: UInt16(bigEndian: address.sin6_port))
        }
    }

    mutating func withPointer<Result>(_ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result {
        withUnsafeMutableBytes(of: &storage) { bytes in
            // The storage is larger than a sockaddr and aligned for one.
            body(bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: sockaddr.self))
        }
    }
}
