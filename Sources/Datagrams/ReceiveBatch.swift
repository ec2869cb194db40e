import CLinux
import Endpoints
import Glibc

/// Room for what one recvmmsg(2) brings, made once.
///
/// Each entry takes a datagram of any size, or many that the kernel hands over as one (udp(7), UDP_GRO). One thread.
package struct ReceiveBatch: ~Copyable {
    /// More than any datagram has, and than the kernel joins.
    private static let entryBytes = 65_536

    package let capacity: Int
    /// What the last receive told of the datagrams that the kernel has dropped; nil while none has told it.
    package private(set) var drops: UInt32?

    private let bytes: UnsafeMutableRawPointer
    private let addresses: UnsafeMutablePointer<sockaddr_in6>
    private let controls: UnsafeMutablePointer<linux_receipt_control>
    private let vectors: UnsafeMutablePointer<iovec>
    private let messages: UnsafeMutablePointer<linux_message>

    /// - Parameter capacity: how many entries one receive brings; 64 KiB each.
    package init(capacity: Int) {
        self.capacity = max(1, capacity)
        bytes = .allocate(byteCount: self.capacity * Self.entryBytes, alignment: 64)
        addresses = .allocate(capacity: self.capacity)
        controls = .allocate(capacity: self.capacity)
        vectors = .allocate(capacity: self.capacity)
        messages = .allocate(capacity: self.capacity)
        addresses.initialize(repeating: sockaddr_in6(), count: self.capacity)
        controls.initialize(repeating: linux_receipt_control(), count: self.capacity)
        for index in 0..<self.capacity {
            (vectors + index).initialize(
                to: iovec(iov_base: bytes + index * Self.entryBytes, iov_len: Self.entryBytes))
            var message = linux_message()
            message.header.msg_name = UnsafeMutableRawPointer(addresses + index)
            message.header.msg_iov = vectors + index
            message.header.msg_iovlen = 1
            message.header.msg_control = UnsafeMutableRawPointer(controls + index)
            (messages + index).initialize(to: message)
        }
    }

    deinit {
        bytes.deallocate()
        addresses.deallocate()
        controls.deallocate()
        vectors.deallocate()
        messages.deallocate()
    }

    /// Takes what waits at the socket; does not wait.
    ///
    /// Returns how many entries came, 0 when nothing waits or a signal came first; the errno of anything else. One
    /// system call; allocates nothing.
    package mutating func receive(on socket: borrowing ReceivingSocket) -> ReceiveResult {
        for index in 0..<capacity {
            messages[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_in6>.size)
            messages[index].header.msg_controllen = MemoryLayout<linux_receipt_control>.size
        }
        let count = linux_recvmmsg(socket.descriptor, messages, UInt32(capacity), Int32(MSG_DONTWAIT))
        let code = errno
        if count >= 0 { return .received(Int(count)) }
        return code == EAGAIN || code == EINTR ? .received(0) : .failed(code)
    }

    /// Lends each datagram of entry `index` of the last receive, in order, with its sender.
    package mutating func forEachDatagram(of index: Int, _ body: (RawSpan, Endpoint) -> Void) {
        var receipt = linux_receipt()
        linux_read_receipt(messages + index, &receipt)
        if receipt.has_drops != 0 { drops = receipt.drops }
        guard let sender = SocketAddress(addresses[index]).endpoint else { return }
        let total = Int(messages[index].length)
        let segment = receipt.segment > 0 ? Int(receipt.segment) : total
        var start = 0
        repeat {
            let end = min(start + segment, total)
            let datagram = UnsafeRawBufferPointer(
                start: bytes + index * Self.entryBytes + start, count: end - start)
            body(datagram.bytes, sender)
            start = end
        } while start < total
    }
}

/// What one call of recvmmsg(2) achieved.
package enum ReceiveResult: Equatable, Sendable {
    /// How many entries came; 0 when nothing waits.
    case received(Int)
    /// The errno.
    case failed(Int32)
}
