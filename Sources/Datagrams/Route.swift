import CLinux
import Endpoints
import Glibc

/// What this kernel's routes say about the way to an address; nothing is sent to find out.
package enum Route: Hashable, Sendable {
    /// Packets of up to `mtu` bytes leave for the address. What routers told of the path lately is in it.
    case open(mtu: Int)

    /// Nothing can be sent there, for the reason of this errno: ENETUNREACH, EACCES for a broadcast address, …
    case closed(Int32)

    /// Asks for the way to `address`; takes four system calls.
    ///
    /// - Parameter source: the address that datagrams come from; nil leaves the choice to routing.
    package init(to address: IPAddress, from source: IPAddress? = nil) {
        self = Route.ask(address, source) ?? .closed(errno)
    }

    /// Nil with errno set.
    private static func ask(_ address: IPAddress, _ source: IPAddress?) -> Route? {
        let descriptor = socket(
            address.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // close(2) may change errno.
        defer {
            let code = errno
            close(descriptor)
            errno = code
        }
        if let source, !source.isUnspecified, source.isIPv4 == address.isIPv4 {
            let local = SocketAddress(Endpoint(address: source, port: 0))
            guard local.withPointer({ bind(descriptor, $0, $1) }) == 0 else { return nil }
        }
        // connect(2) of a UDP socket only chooses a route; the port does not matter.
        let remote = SocketAddress(Endpoint(address: address, port: 9))
        guard remote.withPointer({ connect(descriptor, $0, $1) }) == 0 else { return nil }
        var mtu: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let (level, option) = address.isIPv4 ? (IPPROTO_IP, IP_MTU) : (IPPROTO_IPV6, IPV6_MTU)
        guard getsockopt(descriptor, Int32(level), option, &mtu, &length) == 0 else { return nil }
        return .open(mtu: Int(mtu))
    }
}

extension IPAddress {
    /// What IP and UDP put before a payload, in bytes.
    package var datagramHeaderBytes: Int { isIPv4 ? 28 : 48 }
}
