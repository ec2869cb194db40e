import Foundation

/// An answer as it came over the wire.
package struct Reply: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    /// Chunks are put together.
    package var body: [UInt8]
    /// Whether the body came to its end.
    package var isComplete = true

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The JSON object of the body; empty when it is none.
    package var json: [String: Any] { Self.object(body) }

    /// The JSON objects of a body of lines.
    package var lines: [[String: Any]] { body.split(separator: UInt8(ascii: "\n")).map { Self.object(Array($0)) } }

    /// The object `error` of an error's body.
    package var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
    package var errorCode: String? { error["code"] as? String }

    package init(parsing bytes: [UInt8]) throws {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw CocoaError(.coderReadCorrupt) }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        headers = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        body = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" { takeChunksApart() }
    }

    private mutating func takeChunksApart() {
        var rest = body[...]
        body = []
        isComplete = false
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else { return }
            isComplete = count == 0
            guard count > 0, rest.endIndex >= line.upperBound + count + 2 else { return }
            body += rest[line.upperBound..<line.upperBound + count]
            rest = rest[(line.upperBound + count + 2)...]
        }
    }

    private static func object(_ bytes: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }
}
