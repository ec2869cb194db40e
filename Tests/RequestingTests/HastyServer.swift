import Endpoints
import Foundation

/// A TCP server on loopback that answers in the middle of a request, and ends the connection with the rest unread.
final class HastyServer: Sendable {
    let endpoint: Endpoint
    private let listener: Int32

    var url: String { "http://\(endpoint)" }

    /// - Parameter bytes: how much of the request is read.
    init(answering answer: String, after bytes: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let loopback = SocketAddress(Endpoint(address: .loopback, port: 0))
        var bound = SocketAddress()
        guard loopback.withPointer({ bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0,
            bound.withMutablePointer({ getsockname(listener, $0, $1) }) == 0, let endpoint = bound.endpoint
        else { throw CocoaError(.fileReadUnknown) }
        self.listener = listener
        self.endpoint = endpoint
        Thread.detachNewThread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                // A child of another test would keep the connection open.
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                var part = [UInt8](repeating: 0, count: 65_536)
                var count = 0
                while count < bytes, case let more = read(connection, &part, part.count), more > 0 { count += more }
                _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                // With bytes unread this resets the connection (RFC 9112, section 9.6).
                close(connection)
            }
            // Not before nobody accepts from it any more: its number may soon be another server's.
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}
