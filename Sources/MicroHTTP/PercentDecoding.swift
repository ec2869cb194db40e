/// Strict percent-decoding (RFC 3986, section 2.1): what is not an escape is refused, not passed through.
package enum PercentDecoding {
    /// The text that `bytes` encode, which must be UTF-8 without zero bytes.
    ///
    /// With `plusIsSpace` a `+` is a space, as in the queries of HTML forms.
    package static func text(of bytes: Span<UInt8>, plusIsSpace: Bool = false) throws(TargetFault) -> String {
        // Most of it stands for itself.
        let isEncoded = bytes.indices.contains {
            bytes[$0] == UInt8(ascii: "%") || bytes[$0] == 0 || plusIsSpace && bytes[$0] == UInt8(ascii: "+")
        }
        guard isEncoded else {
            guard let text = try? UTF8Span(validating: bytes) else { throw .notUTF8(in: quotation(of: bytes)) }
            return String(copying: text)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%") {
                guard index + 1 < bytes.count, let high = hexadecimal(bytes[index]),
                    let low = hexadecimal(bytes[index + 1])
                else { throw .badEscape(in: quotation(of: bytes)) }
                byte = high << 4 | low
                index += 2
            } else if byte == UInt8(ascii: "+"), plusIsSpace {
                byte = UInt8(ascii: " ")
            }
            guard byte != 0 else { throw .zeroByte(in: quotation(of: bytes)) }
            decoded.append(byte)
        }
        guard let text = String(validating: decoded, as: UTF8.self) else { throw .notUTF8(in: quotation(of: bytes)) }
        return text
    }

    /// The parts of `path` between its slashes, each decoded by itself.
    ///
    /// `/` and the empty path have no parts; a slash at the end makes an empty last part.
    package static func pathParts(of path: Span<UInt8>) throws(TargetFault) -> [String] {
        var parts: [String] = []
        var start = !path.isEmpty && path[0] == UInt8(ascii: "/") ? 1 : 0
        guard start < path.count else { return [] }
        for index in start..<path.count where path[index] == UInt8(ascii: "/") {
            parts.append(try text(of: path.extracting(start..<index)))
            start = index + 1
        }
        parts.append(try text(of: path.extracting(start..<path.count)))
        return parts
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// At most 64 bytes of what was wrong, for an error message.
    private static func quotation(of bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        for index in 0..<min(bytes.count, 64) { text.append(bytes[index]) }
        return String(decoding: text, as: UTF8.self)
    }
}
