import Endpoints
import Glibc
import Service

/// As much of HTTP as the demo needs: one request on a connection of its own, waiting for the answer.
enum DemoClient {
    struct Answer: Equatable {
        var status: Int
        var body: String

        /// What a receipt says, in a line.
        var summary: String {
            let facts = ["sequence", "sent", "failed"].compactMap { name in member(name).map { "\(name) \($0)" } }
            return facts.count == 3 ? "\(status), \(facts.joined(separator: ", "))" : "\(status), \(body.visible)"
        }

        /// The text of a number in a document that has its members on one level.
        private func member(_ name: String) -> Substring? {
            guard let start = body.firstRange(of: "\"\(name)\":")?.upperBound else { return nil }
            let digits = body[start...].prefix { $0.isASCII && $0.isNumber }
            return digits.isEmpty ? nil : digits
        }
    }

    private static let patience = timeval(tv_sec: 5, tv_usec: 0)

    static func post(_ body: [UInt8], to path: String, at endpoint: Endpoint) throws -> Answer {
        let action = "cannot publish at \(endpoint)"
        let descriptor = socket(
            endpoint.address.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ProgramFailure(action, errno) }
        defer { close(descriptor) }
        var patience = patience
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard SocketAddress(endpoint).withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            throw ProgramFailure(action, errno)
        }
        let head = """
            POST \(path) HTTP/1.1\r
            Host: \(endpoint)\r
            Content-Length: \(body.count)\r
            Connection: close\r
            \r

            """
        var rest = (Array(head.utf8) + body)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else { throw ProgramFailure(action, errno) }
            rest = rest.dropFirst(count)
        }
        return try answer(Self.readAll(from: descriptor, action), action)
    }

    /// Takes an answer apart that ended with its connection.
    static func answer(_ bytes: [UInt8], _ action: String = "cannot publish") throws -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(decimal: words[1]),
            let end = text.firstRange(of: "\r\n\r\n")
        else { throw ProgramFailure("\(action): the answer is no HTTP") }
        return Answer(status: status, body: String(text[end.upperBound...]))
    }

    private static func readAll(from descriptor: Int32, _ action: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            if count == 0 { return bytes }
            guard count > 0 else { throw ProgramFailure(action, errno) }
            bytes += part[..<count]
        }
    }
}
