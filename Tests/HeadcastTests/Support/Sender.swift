import Datagrams
import Endpoints
import Glibc
import Testing

/// A socket on loopback that sends to a subscription.
final class Sender {
    private let socket: UDPSocket
    private let target: Endpoint
    private let batch: SendBatch

    /// - Parameter endpoint: where the subscription receives; every address stands for the loopback of `family`.
    init(to endpoint: String, isIPv6: Bool = false) throws {
        var target = try #require(Endpoint(endpoint))
        if target.address.isUnspecified { target.address = isIPv6 ? try #require(IPAddress("::1")) : .loopback }
        self.target = target
        socket = try UDPSocket(sendBufferBytes: 4 << 20)
        batch = SendBatch([target], family: socket.family)
    }

    /// Sends datagrams, each by itself.
    func send(_ datagrams: [UInt8]...) throws { try send(datagrams) }

    func send(_ datagrams: [[UInt8]]) throws {
        for datagram in datagrams { try send(datagram, segment: nil) }
    }

    /// Sends datagrams of one length, but for the last that may be shorter, as one (UDP_SEGMENT).
    func sendRun(_ datagrams: [[UInt8]]) throws {
        try send(Array(datagrams.joined()), segment: UInt16(datagrams[0].count))
    }

    private func send(_ bytes: [UInt8], segment: UInt16?) throws {
        var ring = try ByteRing(capacity: max(1, bytes.count))
        ring.write(bytes.span.bytes, at: 0)
        let result = batch.send(ring, at: 0, byteCount: bytes.count, segment: segment, to: 0..<1, on: socket)
        try #require(result == .sent(1))
    }
}
