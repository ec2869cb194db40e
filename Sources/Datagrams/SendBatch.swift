import CLinux
import Endpoints
import Glibc

/// The addresses of one group of endpoints, ready for sendmmsg(2).
///
/// Built when the membership changes and used for every send until then: all entries point at the same bytes, so a
/// send writes one iovec and nothing per endpoint. Loop thread only.
package final class SendBatch {
    /// The most entries one sendmmsg(2) takes (UIO_MAXIOV).
    package static let maximumEntries = 1_024

    package let count: Int
    private let addresses: UnsafeMutablePointer<sockaddr_in6>
    private let messages: UnsafeMutablePointer<linux_message>
    private let vector: UnsafeMutablePointer<iovec>
    private let control: UnsafeMutablePointer<linux_segment_control>
    private var segment: UInt16 = 0
    private var isSegmented = false

    /// - Parameter family: of the socket that will send, ``UDPSocket/family``.
    package init(_ endpoints: some Collection<Endpoint>, family: Int32) {
        count = endpoints.count
        addresses = .allocate(capacity: max(1, endpoints.count))
        messages = .allocate(capacity: max(1, endpoints.count))
        vector = .allocate(capacity: 1)
        control = .allocate(capacity: 1)
        vector.initialize(to: iovec())
        control.initialize(to: linux_segment_control())
        for (index, endpoint) in endpoints.enumerated() {
            let address = SocketAddress(endpoint, family: family)
            (addresses + index).initialize(to: address.storage)
            var message = linux_message()
            message.header.msg_name = UnsafeMutableRawPointer(addresses + index)
            message.header.msg_namelen = address.length
            message.header.msg_iov = vector
            message.header.msg_iovlen = 1
            (messages + index).initialize(to: message)
        }
    }

    deinit {
        addresses.deallocate()
        messages.deallocate()
        vector.deallocate()
        control.deallocate()
    }

    /// Sends `byteCount` bytes of `ring` from `position` to the endpoints `entries`, at most ``maximumEntries``.
    ///
    /// Returns how many entries, from the first, the kernel took, or the errno of the first entry if it took none.
    /// One system call; allocates nothing.
    /// - Parameter segment: cuts the bytes into datagrams of this size, the last may be shorter (UDP_SEGMENT);
    ///   nil sends one datagram.
    package func send(
        _ ring: borrowing ByteRing, at position: UInt64, byteCount: Int, segment: UInt16?, to entries: Range<Int>,
        on socket: borrowing UDPSocket
    ) -> SendResult {
        vector.pointee = iovec(iov_base: ring.address(of: position), iov_len: byteCount)
        cut(by: segment)
        let first = messages + entries.lowerBound
        let sent = linux_sendmmsg(socket.descriptor, first, UInt32(entries.count), Int32(MSG_NOSIGNAL))
        let code = errno
        return sent >= 0 ? .sent(Int(sent)) : .failed(code)
    }

    private func cut(by wanted: UInt16?) {
        if let wanted, wanted != segment {
            linux_set_segment(control, wanted)
            segment = wanted
        }
        guard isSegmented != (wanted != nil) else { return }
        isSegmented = wanted != nil
        for index in 0..<count {
            messages[index].header.msg_control = isSegmented ? UnsafeMutableRawPointer(control) : nil
            messages[index].header.msg_controllen = isSegmented ? MemoryLayout<linux_segment_control>.size : 0
        }
    }
}

/// What one call of sendmmsg(2) achieved.
package enum SendResult: Equatable, Sendable {
    /// How many entries were taken, at least one.
    case sent(Int)
    /// None was; the errno of the first.
    case failed(Int32)
}
