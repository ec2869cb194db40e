/// Where the entries of a body of lines stand (application/x-ndjson).
package enum LineRanges {
    /// The lines of `body` that are not blank, the last of which need not end; nil when there are more than `maximum`.
    package static func entries(of body: [UInt8], maximum: Int) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        let bytes = body.span
        var start = 0
        while start < bytes.count {
            var first = start
            while first < bytes.count, isBlank(bytes[first]) { first += 1 }
            let end = endOfLine(bytes, from: first)
            if first < end {
                guard ranges.count < maximum else { return nil }
                ranges.append(start..<end)
            }
            start = end + 1
        }
        return ranges
    }

    /// Where the next line feed is, or the end; looks at eight bytes at a time.
    private static func endOfLine(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var end = start
        while bytes.count - end >= 8 {
            let word = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: end, as: UInt64.self)
            let differences = UInt64(littleEndian: word) ^ (ones &* UInt64(UInt8(ascii: "\n")))
            // The highest bit of each byte that is zero, and perhaps of some behind the first of them.
            let found = (differences &- ones) & ~differences & (ones &* 0x80)
            guard found == 0 else { return end + found.trailingZeroBitCount / 8 }
            end += 8
        }
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
