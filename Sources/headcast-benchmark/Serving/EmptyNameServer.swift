import CLinux
import Datagrams
import Dispatch
import Endpoints
import Glibc

/// A DNS server at 127.0.0.1 that knows no name (NXDOMAIN), on a thread of its own until nobody refers to it.
final class EmptyNameServer {
    let endpoint: Endpoint

    private let stopDescriptor: Int32
    private let group = DispatchGroup()

    init() throws {
        // A datagram that is waited for is lent by the kernel to whoever asks first: the thread has the socket alone.
        let socket = try ReceivingSocket(binding: Endpoint(address: .loopback, port: 0), receiveBufferBytes: 1 << 16)
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw BenchmarkFailure("cannot make a pipe", errno) }
        endpoint = socket.endpoint
        stopDescriptor = ends[1]
        let stop = ends[0]
        let held = Held(socket)
        DispatchQueue(label: "name server").async(group: group) {
            defer { close(stop) }
            Self.serve(held.socket, until: stop)
        }
    }

    deinit {
        close(stopDescriptor)
        group.wait()
    }

    /// Puts a socket, which cannot be copied, into a closure.
    private final class Held: Sendable {
        let socket: ReceivingSocket

        init(_ socket: consuming ReceivingSocket) {
            self.socket = socket
        }
    }

    private static func serve(_ socket: borrowing ReceivingSocket, until stop: Int32) {
        var bytes = [UInt8](repeating: 0, count: 1_500)
        while true {
            var waits = [socket.descriptor, stop].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&waits, 2, -1) >= 0 || errno == EINTR, waits[1].revents == 0 else { return }
            var address = SocketAddress()
            let count = address.withMutablePointer {
                recvfrom(socket.descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT), $0, $1)
            }
            guard count > 0, let answer = answer(to: bytes[..<count]) else { continue }
            address.withPointer { _ = sendto(socket.descriptor, answer, answer.count, 0, $0, $1) }
        }
    }

    /// The question with "no such name" (RFC 1035, section 4.1); nil if there is none.
    static func answer(to query: ArraySlice<UInt8>) -> [UInt8]? {
        let query = Array(query)
        var position = 12
        while position < query.count, query[position] != 0 { position += 1 + Int(query[position]) }
        let end = position + 5
        guard end <= query.count else { return nil }
        // An answer to one question, recursion desired and available, with nothing in it.
        return query[..<2] + [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0] + query[12..<end]
    }
}
