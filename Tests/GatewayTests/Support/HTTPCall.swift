import Endpoints
import Foundation

/// An answer as it came over the wire.
struct Reply: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The JSON object of the body; empty when it is none.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
    }

    /// The object `error` of an error's body.
    var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
    var errorCode: String? { error["code"] as? String }

    /// The results of a request with several messages.
    var results: [Result] {
        (json["results"] as? [[String: Any]] ?? []).map { result in
            Result(
                status: result["status"] as? Int ?? 0, receipt: result["receipt"] as? [String: Any] ?? [:],
                error: result["error"] as? [String: Any] ?? [:])
        }
    }

    struct Result {
        let status: Int
        let receipt: [String: Any]
        let error: [String: Any]

        var errorCode: String? { error["code"] as? String }
    }

    /// The names of the body's members in the order in which they were written.
    var memberNames: [String] {
        var names: [String] = []
        var depth = 0
        var text = Substring(self.text)
        while let character = text.first {
            switch character {
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case "\"":
                let rest = text.dropFirst()
                let string = rest.prefix { $0 != "\"" }
                let after = rest.dropFirst(string.count + 1)
                if depth == 1, after.first == ":" { names.append(String(string)) }
                text = after
                continue
            default: break
            }
            text = text.dropFirst()
        }
        return names
    }
}

extension RunningGateway {
    /// Sends one request on a connection of its own and reads the answer to its end.
    func call(
        _ method: String = "GET", _ target: String, _ body: [UInt8]? = nil, headers: [String] = []
    ) throws -> Reply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        for header in headers { head += header + "\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return try exchange(Array((head + "\r\n").utf8) + (body ?? []))
    }

    func publish(_ text: String, to target: String = "/publish/orders", headers: [String] = []) throws -> Reply {
        try call("POST", target, Array(text.utf8), headers: headers)
    }

    /// Publishes `count` empty messages on one connection, a hundred at a time without waiting in between.
    func publishMany(_ count: Int) throws {
        let connection = try connected()
        defer { close(connection) }
        let request = Array("POST /publish/orders HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n".utf8)
        let answer = Array("HTTP/1.1 20".utf8)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: 0, to: count, by: 100) {
            let expected = min(100, count - start)
            let requests = Array(repeatElement(request, count: expected).joined())
            _ = send(connection, requests, requests.count, Int32(MSG_NOSIGNAL))
            var answers: [UInt8] = []
            while answers.ranges(of: answer).count < expected || !answers.suffix(2).elementsEqual("}\n".utf8) {
                let received = read(connection, &buffer, buffer.count)
                guard received > 0 else { throw CocoaError(.fileReadUnknown) }
                answers += buffer[..<received]
            }
        }
    }

    private func exchange(_ request: [UInt8]) throws -> Reply {
        let connection = try connected()
        defer { close(connection) }
        // The server may answer and close before it has read everything: what it said still counts.
        _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return try Reply(parsing: answer)
    }

    private func connected() throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = endpoint.address.v4.bigEndian
        let connected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(connection)
            throw CocoaError(.fileWriteUnknown)
        }
        return connection
    }
}

extension Reply {
    fileprivate init(parsing bytes: [UInt8]) throws {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw CocoaError(.coderReadCorrupt) }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        headers = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        body = Array(bytes[end.upperBound...])
    }
}
