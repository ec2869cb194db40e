import CLinux
import Endpoints
import Glibc

/// The kernel's form of an endpoint, for one family of sockets.
///
/// A dual-stack socket (AF_INET6) takes IPv4 endpoints as v4-mapped addresses. An AF_INET socket is given IPv6 endpoints
/// as they are, and the kernel refuses them with EAFNOSUPPORT.
struct SocketAddress {
    var storage = sockaddr_storage()
    var length: socklen_t

    init(_ endpoint: Endpoint, family: Int32) {
        if family == AF_INET, endpoint.address.isIPv4 {
            let address = sockaddr_in(
                sin_family: sa_family_t(AF_INET), sin_port: endpoint.port.bigEndian,
                sin_addr: in_addr(s_addr: endpoint.address.v4.bigEndian), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            withUnsafeMutableBytes(of: &address.sin6_addr) {
                $0.storeBytes(of: endpoint.address.bits.bigEndian, as: UInt128.self)
            }
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

extension Endpoint {
    /// Nil when `storage` holds neither an IPv4 nor an IPv6 address.
    init?(_ storage: sockaddr_storage) {
        switch Int32(storage.ss_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in.self) }
            self.init(
                address: IPAddress(v4: UInt32(bigEndian: address.sin_addr.s_addr)),
                port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let address = withUnsafeBytes(of: storage) { $0.load(as: sockaddr_in6.self) }
            let bits = withUnsafeBytes(of: address.sin6_addr) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
            self.init(address: IPAddress(bits: bits), port: UInt16(bigEndian: address.sin6_port))
        default:
            return nil
        }
    }
}
