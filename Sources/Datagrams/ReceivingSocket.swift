import CLinux
import Endpoints
import Glibc

/// A UDP socket that receives at one address.
///
/// Neither SO_REUSEADDR nor SO_REUSEPORT is set: a second program on the same port fails instead of taking datagrams away.
/// `[::]` receives both families, and on a kernel without IPv6 IPv4 alone.
package struct ReceivingSocket: ~Copyable, Sendable {
    /// For poll(2).
    package let descriptor: Int32
    /// Where it receives, with the port that the kernel chose if none was given.
    package let endpoint: Endpoint
    /// What SO_RCVBUF granted, in bytes of kernel memory, which also holds what the kernel keeps with each datagram.
    package let receiveBufferBytes: Int

    /// - Parameter receiveBufferBytes: asked of SO_RCVBUF; the kernel caps it at net.core.rmem_max.
    package init(binding endpoint: Endpoint, receiveBufferBytes: Int) throws(DatagramError) {
        let (descriptor, family) = try Self.opened(for: endpoint)
        // The kernel grants twice what is asked, for what it keeps besides, and tells the double.
        set(descriptor, SOL_SOCKET, SO_RCVBUF, to: Int32(clamping: receiveBufferBytes))
        linux_ask_for_receipts(descriptor)
        var wanted = endpoint
        if family == AF_INET, wanted.address == .anyIPv6 { wanted.address = .anyIPv4 }
        let result = SocketAddress(wanted, family: family).withPointer { bind(descriptor, $0, $1) }
        let code = errno
        guard result == 0 else {
            close(descriptor)
            throw .bind(endpoint, code)
        }
        var address = SocketAddress()
        let isNamed = address.withMutablePointer { getsockname(descriptor, $0, $1) } == 0
        self.endpoint = isNamed ? address.endpoint ?? endpoint : endpoint
        self.descriptor = descriptor
        self.receiveBufferBytes = get(descriptor, SOL_SOCKET, SO_RCVBUF)
    }

    deinit {
        close(descriptor)
    }

    /// Datagrams that the kernel has dropped here so far, those not yet told by SO_RXQ_OVFL included.
    package var drops: UInt32 {
        // SO_MEMINFO fills in struct sk_meminfo of linux/sock_diag.h; SK_MEMINFO_DROPS is the ninth.
        var information = InlineArray<9, UInt32>(repeating: 0)
        var length = socklen_t(MemoryLayout.size(ofValue: information))
        guard getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, &information, &length) == 0 else { return 0 }
        return information[8]
    }

    private static func opened(for endpoint: Endpoint) throws(DatagramError) -> (descriptor: Int32, family: Int32) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        var family = endpoint.address.isIPv4 ? AF_INET : AF_INET6
        var descriptor = socket(family, kind, 0)
        if descriptor < 0, family == AF_INET6, endpoint.address == .anyIPv6 {
            family = AF_INET
            descriptor = socket(family, kind, 0)
        }
        let code = errno
        guard descriptor >= 0 else { throw .system("socket", code) }
        // Both families, whatever net.ipv6.bindv6only says.
        if family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0) }
        return (descriptor, family)
    }
}

private func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, to value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}

private func get(_ descriptor: Int32, _ level: Int32, _ option: Int32) -> Int {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, level, option, &value, &length)
    return Int(value)
}
