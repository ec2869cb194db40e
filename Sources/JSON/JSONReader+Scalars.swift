extension JSONReader {
    /// Reads true or false.
    package mutating func bool() throws(JSONFault) -> Bool {
        let value = next() == UInt8(ascii: "t")
        try word(value ? "true" : "false", "true or false")
        return value
    }

    package mutating func null() throws(JSONFault) {
        try word("null", "null")
    }

    /// Passes over a number of any size and tells where it stands.
    package mutating func number() throws(JSONFault) -> Range<Int> {
        _ = next()
        let first = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        // No further digit may follow a zero at the front.
        if peek() == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        needsComma = true
        return first..<position
    }

    /// Reads text, which is checked in full.
    package mutating func text() throws(JSONFault) -> JSONText {
        guard next() == UInt8(ascii: "\"") else { throw expected("text in quotation marks") }
        position += 1
        let first = position
        var hasEscapes = false
        while true {
            position = endOfPlain()
            guard let byte = peek() else { break }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                needsComma = true
                return JSONText(range: first..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try escape()
            case ..<0x20: throw expected("an escape; control characters are written like \\n or \\u0000")
            default: try scalar()
            }
        }
        throw expected("a quotation mark")
    }

    /// Where the characters end that mean themselves, from the position on; looks at eight at a time.
    private func endOfPlain() -> Int {
        let bytes = bytes.span.bytes
        var end = position
        while limit - end >= 8 {
            let word = bytes.unsafeLoadUnaligned(fromByteOffset: end, as: UInt64.self)
            let count = Self.plainCount(UInt64(littleEndian: word))
            end += count
            guard count == 8 else { return end }
        }
        while end < limit, Self.isPlain(bytes.unsafeLoad(fromByteOffset: end, as: UInt8.self)) { end += 1 }
        return end
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        0x20..<0x80 ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// How many of eight bytes, the first in the lowest bits, come before one that is not plain.
    private static func plainCount(_ bytes: UInt64) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotationMarks = bytes ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = bytes ^ (ones &* UInt64(UInt8(ascii: "\\")))
        // Of a byte that is less, a subtraction sets the highest bit; of others only behind such a one.
        let found = bytes | (bytes &- (ones &* 0x20)) | (quotationMarks &- ones) | (backslashes &- ones)
        return (found & (ones &* 0x80)).trailingZeroBitCount / 8
    }

    private mutating func word(_ word: StaticString, _ name: String) throws(JSONFault) {
        _ = next()
        let count = word.utf8CodeUnitCount
        let isThere = limit - position >= count && (0..<count).allSatisfy { bytes[position + $0] == word.utf8Start[$0] }
        guard isThere else { throw expected(name) }
        position += count
        needsComma = true
    }

    private mutating func digits() throws(JSONFault) {
        guard let first = peek(), first.isDigit else { throw expected("a digit") }
        while let byte = peek(), byte.isDigit { position += 1 }
    }

    /// Passes over what a backslash begins; a pair of surrogates is one.
    private mutating func escape() throws(JSONFault) {
        position += 1
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            switch unit {
            case 0xD800...0xDBFF:
                guard peek() == UInt8(ascii: "\\") else { throw expected("the second of two surrogates") }
                position += 1
                guard case 0xDC00...0xDFFF = try hexadecimal() else { throw expected("the second of two surrogates") }
            case 0xDC00...0xDFFF: throw expected("the first of two surrogates")
            default: break
            }
        default: throw expected("one of \" \\ / b f n r t u")
        }
    }

    /// Passes over `u` and four hexadecimal digits.
    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        guard peek() == UInt8(ascii: "u") else { throw expected("\\u and four hexadecimal digits") }
        position += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek().flatMap(\.hexadecimalValue) else { throw expected("four hexadecimal digits") }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    /// Passes over a character beyond ASCII (Unicode 16, table 3-7, "Well-Formed UTF-8 Byte Sequences").
    private mutating func scalar() throws(JSONFault) {
        let (second, count): (ClosedRange<UInt8>, Int) =
            switch bytes[position] {
            case 0xC2...0xDF: (0x80...0xBF, 2)
            case 0xE0: (0xA0...0xBF, 3)
            case 0xED: (0x80...0x9F, 3)
            case 0xE1...0xEF: (0x80...0xBF, 3)
            case 0xF0: (0x90...0xBF, 4)
            case 0xF1...0xF3: (0x80...0xBF, 4)
            case 0xF4: (0x80...0x8F, 4)
            default: throw expected("UTF-8")
            }
        guard limit - position >= count, second.contains(bytes[position + 1]),
            (position + 2..<position + count).allSatisfy({ bytes[$0] & 0xC0 == 0x80 })
        else { throw expected("UTF-8") }
        position += count
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
