import Endpoints
import Foundation

/// A server on loopback that a test calls over HTTP.
package protocol HTTPServing {
    var endpoint: Endpoint { get }
}

extension HTTPServing {
    /// Sends one request on a connection of its own and reads the answer to its end.
    package func call(
        _ method: String = "GET", _ target: String, _ body: [UInt8]? = nil, headers: [String] = []
    ) throws -> Reply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        for header in headers { head += header + "\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + (body ?? [])
        let connection = try connected()
        defer { close(connection) }
        // The server may answer and close before it has read everything: what it said still counts.
        _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return try Reply(parsing: answer)
    }

    /// A connection to it, to be closed by the caller; reading from it fails after two minutes of silence.
    package func connected() throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        guard SocketAddress(endpoint).withPointer({ connect(connection, $0, $1) }) == 0 else {
            close(connection)
            throw CocoaError(.fileWriteUnknown)
        }
        return connection
    }
}
