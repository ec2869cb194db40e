import CLinux
import Endpoints
import Glibc

/// A nonblocking UDP socket that reports what became of its datagrams.
///
/// Dual-stack (AF_INET6, IPv4 as v4-mapped addresses) where the kernel has IPv6, else AF_INET. Never shares its port:
/// two programs on one port by mistake must fail.
package struct UDPSocket: ~Copyable {
    package let descriptor: Int32

    /// AF_INET6 or AF_INET; a ``SendBatch`` must be made for the same.
    package let family: Int32

    /// - Parameters:
    ///   - source: the address and port datagrams come from; port 0 takes a free one, and an unspecified address
    ///     leaves the choice to routing.
    ///   - fragments: whether the kernel may cut a datagram that exceeds the path's MTU (ip(7), IP_MTU_DISCOVER);
    ///     otherwise such a send fails with EMSGSIZE.
    ///   - sendBufferBytes: asked of SO_SNDBUF; the kernel caps it at net.core.wmem_max.
    package init(
        source: Endpoint? = nil, fragments: Bool = false, sendBufferBytes: Int = 4 << 20
    ) throws(DatagramError) {
        (descriptor, family) = try Self.opened(source: source)
        set(SOL_SOCKET, SO_SNDBUF, Int32(clamping: sendBufferBytes))
        // Without these the kernel drops ICMP errors for an unconnected socket; both are needed on a dual-stack one.
        set(Int32(IPPROTO_IP), IP_RECVERR, 1)
        set(Int32(IPPROTO_IP), IP_MTU_DISCOVER, fragments ? IP_PMTUDISC_DONT : IP_PMTUDISC_DO)
        if family == AF_INET6 {
            set(Int32(IPPROTO_IPV6), IPV6_RECVERR, 1)
            set(Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER, fragments ? IPV6_PMTUDISC_DONT : IPV6_PMTUDISC_DO)
        }
    }

    deinit {
        close(descriptor)
    }

    /// The address and port the socket has.
    package var endpoint: Endpoint? {
        var address = SocketAddress()
        let result = address.withMutablePointer { getsockname(descriptor, $0, $1) }
        return result == 0 ? address.endpoint : nil
    }

    /// What SO_SNDBUF granted, in bytes of kernel memory.
    package var sendBufferBytes: Int {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &value, &length)
        return Int(value)
    }

    /// Takes the oldest report off the error queue; nil when there is none. Clears the error that it stood for.
    package func nextReport() -> SocketReport? {
        var error = linux_socket_error()
        guard linux_read_error(descriptor, &error) == 1, let endpoint = SocketAddress(error.destination).endpoint
        else { return nil }
        return SocketReport(
            endpoint: endpoint, code: error.code, isLocal: error.origin == 1,
            mtu: error.code == EMSGSIZE ? Int(error.info) : nil,
            reporter: error.origin == 1 ? nil : SocketAddress(error.offender).endpoint?.address)
    }

    /// Sends one datagram; nil when the kernel took it, else the errno, which may belong to an earlier datagram.
    package func send(_ bytes: RawSpan, to endpoint: Endpoint) -> Int32? {
        let sent = SocketAddress(endpoint, family: family).withPointer { address, length in
            bytes.withUnsafeBytes { sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length) }
        }
        let code = errno
        return sent >= 0 ? nil : code
    }

    /// Reads one datagram into `buffer`, cut to its size, and tells its length and sender; nil when none waits.
    package func receive(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, sender: Endpoint)? {
        var address = SocketAddress()
        // What ICMP told of an earlier datagram fails one call, whatever waits; a second report may come meanwhile.
        for _ in 0..<3 {
            let count = address.withMutablePointer {
                recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT), $0, $1)
            }
            let code = errno
            if count >= 0 { return address.endpoint.map { (count, $0) } }
            if code == EAGAIN { return nil }
        }
        return nil
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // Each is a wish: an old kernel without one of them still sends.
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func opened(source: Endpoint?) throws(DatagramError) -> (descriptor: Int32, family: Int32) {
        let (descriptor, family) = try openedDualStack()
        let anywhere = Endpoint(address: family == AF_INET6 ? .anyIPv6 : .anyIPv4, port: 0)
        var wanted = source ?? anywhere
        if wanted.address.isUnspecified { wanted.address = anywhere.address }
        let result = SocketAddress(wanted, family: family).withPointer { bind(descriptor, $0, $1) }
        let code = errno
        guard result == 0 else {
            close(descriptor)
            throw .bind(source ?? wanted, code)
        }
        return (descriptor, family)
    }

    private static func openedDualStack() throws(DatagramError) -> (descriptor: Int32, family: Int32) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let dual = socket(AF_INET6, kind, 0)
        if dual >= 0 {
            var off: Int32 = 0
            let length = socklen_t(MemoryLayout<Int32>.size)
            if setsockopt(dual, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, length) == 0 { return (dual, AF_INET6) }
            close(dual)
        }
        let single = socket(AF_INET, kind, 0)
        let code = errno
        guard single >= 0 else { throw .system("socket", code) }
        return (single, AF_INET)
    }
}

/// What the kernel reports of a datagram sent earlier: an ICMP answer or a limit met on the way.
package struct SocketReport: Hashable, Sendable {
    /// Where the datagram was sent to.
    package var endpoint: Endpoint
    /// An errno: ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, …
    package var code: Int32
    /// Whether this kernel itself found it, not a router or the destination.
    package var isLocal: Bool
    /// The path's MTU, in bytes, with EMSGSIZE.
    package var mtu: Int?
    /// The router or destination that sent the ICMP answer, where the kernel tells.
    package var reporter: IPAddress?
}
