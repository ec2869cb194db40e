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
            var end = first
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            if first < end {
                guard ranges.count < maximum else { return nil }
                ranges.append(start..<end)
            }
            start = end + 1
        }
        return ranges
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
