/// Where the entries of a body of lines stand (application/x-ndjson).
package enum LineRanges {
    /// The lines of `body` that are not blank, the last of which need not end; nil when there are more than `maximum`.
    package static func entries(of body: [UInt8], maximum: Int) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        let bytes = body.span
        var start = 0
        var isBlank = true
        for index in 0...bytes.count {
            guard index == bytes.count || bytes[index] == UInt8(ascii: "\n") else {
                let byte = bytes[index]
                if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t"), byte != UInt8(ascii: "\r") { isBlank = false }
                continue
            }
            if !isBlank {
                guard ranges.count < maximum else { return nil }
                ranges.append(start..<index)
            }
            start = index + 1
            isBlank = true
        }
        return ranges
    }
}
