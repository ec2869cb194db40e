extension HTTPAnswer {
    /// Reads a message of HTTP/1 (RFC 9112, section 2.1) that tells its length; nil for anything else, and for a part.
    init?(message bytes: [UInt8]) {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (200..<600).contains(status)
        else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard field.count == 2 else { return nil }
            fields[field[0].lowercased()] = String(field[1].drop { $0 == " " })
        }
        let body = bytes[end.upperBound...]
        guard let length = fields["content-length"].flatMap({ Int($0) }), length >= 0, body.count >= length else {
            return nil
        }
        let retryAfter = fields["retry-after"].flatMap { UInt32($0) }
        self.init(status: status, body: Array(body.prefix(length)), retryAfter: retryAfter.map { .seconds($0) })
    }
}
