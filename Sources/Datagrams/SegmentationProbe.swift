import Endpoints
import Glibc

/// Whether this kernel cuts one send into many datagrams (udp(7), UDP_SEGMENT; Linux 4.18).
///
/// Found out by doing it on loopback, since a kernel may know the option and still refuse it.
package enum SegmentationProbe {
    package static func run() -> Bool {
        let loopback = Endpoint(address: .loopback, port: 0)
        guard var ring = try? ByteRing(capacity: 1), let receiver = try? UDPSocket(source: loopback),
            let sender = try? UDPSocket(source: loopback), let target = receiver.endpoint
        else { return false }
        let bytes: [UInt8] = [1, 2, 3]
        ring.write(bytes.span.bytes, at: 0)
        let batch = SendBatch([target], family: sender.family)
        guard batch.send(ring, at: 0, byteCount: 3, segment: 2, to: 0..<1, on: sender) == .sent(1) else {
            return false
        }
        return withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { buffer in
            [2, 1].allSatisfy { length in
                awaitArrival(on: receiver)
                return receiver.receive(into: buffer)?.count == length
            }
        }
    }

    /// A busy machine may deliver on loopback a little after the send has returned.
    private static func awaitArrival(on socket: borrowing UDPSocket) {
        var descriptor = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, 1_000)
    }
}
