import CBaseline
import Datagrams
import Endpoints

/// The yardstick of every fan-out: sendmmsg(2) in C, one datagram for each endpoint and message, from a socket like ours.
final class BareLoop {
    private let socket: UDPSocket
    private let fanout: OpaquePointer

    init(to endpoints: [Endpoint]) throws {
        socket = try UDPSocket()
        let plain = endpoints.map { baseline_endpoint(address: $0.address.v4, port: $0.port) }
        guard let fanout = baseline_fanout_open(socket.descriptor, socket.family, plain, Int32(plain.count)) else {
            throw BenchmarkFailure("cannot keep \(plain.count) endpoints: out of memory")
        }
        self.fanout = fanout
    }

    deinit {
        baseline_fanout_close(fanout)
    }

    /// What SO_SNDBUF granted, in bytes of kernel memory.
    var grantedBytes: Int { socket.sendBufferBytes }

    /// Sends one datagram to every endpoint.
    func send(_ payload: Payload) {
        _ = payload.bytes.withUnsafeBytes { baseline_fanout_send(fanout, $0.baseAddress, $0.count, 0) }
    }

    /// Answers POSTs on `listening` until `stop` can be read: the prototype in C of a gateway.
    func serve(_ listening: Int32, isBundled: Bool, until stop: Int32) -> Bool {
        baseline_serve(listening, fanout, isBundled ? 1 : 0, stop) == 0
    }
}
