import FoundationEssentials

extension Decodable {
    /// Reads JSON whose dates are those of RFC 3339 with fractions of a second; nil when it is another document.
    static func read(_ bytes: [UInt8]) -> Self? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        }
        return try? decoder.decode(Self.self, from: Data(bytes))
    }
}
