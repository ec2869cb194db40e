import Glibc

/// How large receive buffers are here, in bytes of kernel memory as SO_RCVBUF is read back.
///
/// Found by asking a socket, since /proc shows net.core.rmem_max to the first network namespace only.
package struct BufferLimits: Hashable, Sendable {
    /// Of a socket that asks for nothing: net.core.rmem_default.
    package var defaultReceiveBytes: Int

    /// Of one that asks for as much as it can get: twice net.core.rmem_max.
    package var largestReceiveBytes: Int

    package init(defaultReceiveBytes: Int, largestReceiveBytes: Int) {
        self.defaultReceiveBytes = defaultReceiveBytes
        self.largestReceiveBytes = largestReceiveBytes
    }

    package init() throws(DatagramError) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let code = errno
        guard descriptor >= 0 else { throw .system("socket", code) }
        defer { close(descriptor) }
        func granted(asking wanted: Int32?) -> Int {
            var value = wanted ?? 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            if wanted != nil { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, length) }
            getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, &length)
            return Int(value)
        }
        defaultReceiveBytes = granted(asking: nil)
        largestReceiveBytes = granted(asking: .max / 2)
    }

    /// What a waiting datagram of `payloadBytes` takes of a receive buffer, about: the payload and its headers in a power
    /// of two, and the kernel's own record of it.
    package static func memory(ofDatagram payloadBytes: Int) -> Int {
        let fragments = max(1, (payloadBytes + 8 + 1_479) / 1_480)
        let part = payloadBytes / fragments + 426
        var size = 512
        while size < part { size *= 2 }
        return fragments * (size + 256)
    }
}
