/// An answer to a request, as it came over the wire.
struct HTTPResponse: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { JSON(text: text) ?? .null }

    /// The stable code of a JSON error.
    var errorCode: String? { json["error"]["code"].string }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension HTTPResponse: CustomStringConvertible {
    var description: String {
        let head = headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return "\(status)\n\(head)\n\n\(text.prefix(2_000))"
    }
}

extension HTTPResponse {
    /// Reads the first response in `bytes`; nil while it is incomplete.
    ///
    /// Without Content-Length the body is what came until the connection closed.
    init?(_ bytes: inout [UInt8], isHead: Bool, isClosed: Bool) {
        guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmed }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
        self.status = status
        body = []
        var end = head.upperBound
        if !isHead, status >= 200, status != 204, status != 304 {
            if let length = header("Content-Length").flatMap({ Int($0) }) {
                end += length
            } else if isClosed {
                end = bytes.count
            } else {
                return nil
            }
            guard end <= bytes.count else { return nil }
            body = Array(bytes[head.upperBound..<end])
        }
        bytes.removeFirst(end)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
