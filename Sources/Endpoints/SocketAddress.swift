import Glibc

/// An endpoint in the kernel's form.
package struct SocketAddress {
    /// Large enough for either family, which stands at the same place in both. A sockaddr_storage would do as well, but
    /// which module has it differs between builds with shared and with static libraries.
    package private(set) var storage = sockaddr_in6()
    package private(set) var length: socklen_t

    /// Room for the kernel to write an address.
    package init() {
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    /// What the kernel wrote elsewhere.
    package init(_ storage: sockaddr_in6) {
        self.init()
        self.storage = storage
    }

    /// - Parameter family: of the socket; the endpoint's own unless given. A dual-stack socket (AF_INET6) takes IPv4
    ///   endpoints as v4-mapped addresses. An AF_INET socket is given IPv6 endpoints as they are, and the kernel
    ///   refuses them with EAFNOSUPPORT.
    package init(_ endpoint: Endpoint, family: Int32? = nil) {
        self.init()
        if endpoint.address.isIPv4, family != AF_INET6 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr = endpoint.address.v4.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
        } else {
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = endpoint.port.bigEndian
            withUnsafeMutableBytes(of: &storage.sin6_addr) {
                $0.storeBytes(of: endpoint.address.bits.bigEndian, as: UInt128.self)
            }
        }
    }

    /// Nil while this holds neither an IPv4 nor an IPv6 address.
    package var endpoint: Endpoint? {
        switch Int32(storage.sin6_family) {
        case AF_INET:
            let address = withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
            return Endpoint(
                address: IPAddress(v4: UInt32(bigEndian: address.sin_addr.s_addr)),
                port: UInt16(bigEndian: address.sin_port))
        case AF_INET6:
            let bits = withUnsafeBytes(of: storage.sin6_addr) {
                UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self))
            }
            return Endpoint(address: IPAddress(bits: bits), port: UInt16(bigEndian: storage.sin6_port))
        default:
            return nil
        }
    }

    /// Lends it to a call that reads an address, such as bind(2).
    package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// Lends it to a call that writes an address, such as recvfrom(2).
    package mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
        }
    }
}
