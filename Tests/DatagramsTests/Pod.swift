import Datagrams
import Endpoints
import Glibc
import Testing

/// A socket on loopback, that can stand in an array and in an expectation.
final class Pod {
    let socket: UDPSocket
    let endpoint: Endpoint

    /// - Parameter source: nil for any address and a free port.
    init(source: Endpoint?) throws {
        socket = try UDPSocket(source: source)
        let endpoint = socket.endpoint
        self.endpoint = try #require(endpoint)
    }

    convenience init(_ address: String, port: UInt16 = 0) throws {
        try self.init(source: Endpoint(address: try #require(IPAddress(address)), port: port))
    }

    /// A socket that only sends.
    static func sender() throws -> Pod {
        try Pod(source: nil)
    }

    /// An endpoint on `address` at which nobody listens.
    static func deserted(_ address: String) throws -> Endpoint {
        try Pod(address).endpoint
    }

    /// The next datagram, waited for at most two seconds.
    func next(limit: Int = 65_536) -> (bytes: [UInt8], sender: Endpoint)? {
        waitFor(POLLIN)
        return received(limit: limit)
    }

    /// A datagram that has arrived.
    func received(limit: Int = 65_536) -> (bytes: [UInt8], sender: Endpoint)? {
        var buffer = [UInt8](repeating: 0, count: limit)
        guard let (count, sender) = buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) else { return nil }
        return (Array(buffer[..<count]), sender)
    }

    func report() -> SocketReport? {
        socket.nextReport()
    }

    /// The next report, waited for at most two seconds.
    func awaitedReport() -> SocketReport? {
        waitFor(POLLERR)
        return report()
    }

    func waitFor(_ event: Int32) {
        var poll = pollfd(fd: socket.descriptor, events: Int16(event), revents: 0)
        _ = Glibc.poll(&poll, 1, 2_000)
    }

    /// Sends `bytes` to `endpoints` in one call.
    func send(_ bytes: [UInt8], to endpoints: [Endpoint], segment: UInt16? = nil) throws -> SendResult {
        var ring = try ByteRing(capacity: max(1, bytes.count))
        ring.write(bytes.span.bytes, at: 0)
        return SendBatch(endpoints, family: socket.family).send(
            ring, at: 0, byteCount: bytes.count, segment: segment, to: 0..<endpoints.count, on: socket)
    }
}
