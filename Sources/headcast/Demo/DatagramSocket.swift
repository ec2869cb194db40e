import Endpoints
import Glibc

/// A UDP socket that receives at one address.
///
/// Neither SO_REUSEADDR nor SO_REUSEPORT is set: a second program on the same port fails instead of taking datagrams away.
struct DatagramSocket: ~Copyable {
    /// For poll(2) of several at once.
    let descriptor: Int32

    /// Where it receives, with the port that the kernel chose if none was given.
    let endpoint: Endpoint

    init(binding endpoint: Endpoint) throws {
        let isIPv4 = endpoint.address.isIPv4
        let descriptor = socket(
            isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0
        )
        guard descriptor >= 0 else { throw ProgramFailure("cannot make a socket for \(endpoint)", errno) }
        // `[::]` means both families whatever net.ipv6.bindv6only says. The kernel caps the buffer at rmem_max.
        set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0)
        set(descriptor, SOL_SOCKET, SO_RCVBUF, to: 4 << 20)
        guard SocketAddress(endpoint).withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            throw ProgramFailure("cannot bind \(endpoint)", code)
        }
        var address = SocketAddress()
        let isNamed = address.withMutablePointer { getsockname(descriptor, $0, $1) } == 0
        self.endpoint = isNamed ? address.endpoint ?? endpoint : endpoint
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// The length and the sender of the next datagram; nil when there is none.
    func receive(into buffer: inout [UInt8]) throws -> (count: Int, sender: Endpoint)? {
        while true {
            var address = SocketAddress()
            let count = address.withMutablePointer { recvfrom(descriptor, &buffer, buffer.count, 0, $0, $1) }
            if count >= 0 { return address.endpoint.map { (count, $0) } }
            let code = errno
            if code == EAGAIN { return nil }
            guard code == EINTR else { throw ProgramFailure("cannot receive at \(endpoint)", code) }
        }
    }

    /// Datagrams that the kernel has dropped here so far, those not yet reported by SO_RXQ_OVFL included.
    var drops: UInt32 {
        // SO_MEMINFO fills in struct sk_meminfo of linux/sock_diag.h; SK_MEMINFO_DROPS is the ninth.
        var information = InlineArray<9, UInt32>(repeating: 0)
        var length = socklen_t(MemoryLayout.size(ofValue: information))
        guard getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, &information, &length) == 0 else { return 0 }
        return information[8]
    }
}

private func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, to value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}
