/// Text in a JSON document that a ``JSONReader`` has checked, told by where it stands between its quotation marks.
@usableFromInline
package struct JSONText: Hashable, Sendable {
    @usableFromInline
    package let range: Range<Int>
    /// Whether the bytes at ``range`` are not the text itself, since some of it is escaped.
    @usableFromInline
    package let hasEscapes: Bool
}

extension JSONReader {
    /// Text this reader read, as a string.
    @usableFromInline
    package func string(_ text: JSONText) -> String {
        text.hasEscapes
            ? String(decoding: unescaped(text), as: UTF8.self) : String(decoding: bytes[text.range], as: UTF8.self)
    }

    /// Whether text this reader read has the bytes of `other`; strings are equal to other spellings, too.
    @inlinable
    package func isEqual(_ text: JSONText, to other: String) -> Bool {
        // Most names that are looked for differ in this.
        guard text.range.count == other.utf8.count || text.hasEscapes else { return false }
        return hasBytes(text, of: other)
    }

    @usableFromInline
    func hasBytes(_ text: JSONText, of other: String) -> Bool {
        guard !text.hasEscapes else { return unescaped(text).elementsEqual(other.utf8) }
        let (own, other) = (bytes.span.bytes, other.utf8.span.bytes)
        let start = text.range.lowerBound
        for index in 0..<other.byteCount {
            let byte = own.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)
            guard byte == other.unsafeLoad(fromByteOffset: index, as: UInt8.self) else { return false }
        }
        return true
    }

    /// Text this reader read, in UTF-8 without escapes.
    package func unescaped(_ text: JSONText) -> [UInt8] {
        guard text.hasEscapes else { return Array(bytes[text.range]) }
        var result: [UInt8] = []
        result.reserveCapacity(text.range.count)
        var position = text.range.lowerBound
        while position < text.range.upperBound {
            let byte = bytes[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            switch bytes[position] {
            case UInt8(ascii: "u"):
                result += UTF8.encode(scalar(escapedAt: &position)).unsafelyUnwrapped
                continue
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case let itself: result.append(itself)
            }
            position += 1
        }
        return result
    }

    /// The character whose escape has its `u` at `position`, which moves behind it; a pair of surrogates is one.
    private func scalar(escapedAt position: inout Int) -> Unicode.Scalar {
        let first = unit(at: position + 1)
        position += 5
        guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let second = unit(at: position + 2)
        position += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private func unit(at start: Int) -> UInt32 {
        bytes[start..<start + 4].reduce(0) { $0 << 4 | ($1.hexadecimalValue ?? 0) }
    }
}

extension UInt8 {
    /// What the byte counts as a hexadecimal digit of ASCII; nil for any other.
    var hexadecimalValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
