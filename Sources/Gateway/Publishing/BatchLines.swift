import Service

/// Where the entries of a batch of lines stand (application/x-ndjson).
///
/// Blank lines are none. The last line need not end.
struct BatchLines {
    let ranges: [Range<Int>]

    /// How many entries a batch may have, in lines or as events.
    static let maximumEntries = 1_000
    /// How many bytes a batch may have.
    static let maximumBytes = 16 << 20

    init(_ body: [UInt8]) throws(DraftFault) {
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
                guard ranges.count < Self.maximumEntries else { throw Self.tooMany }
                ranges.append(start..<index)
            }
            start = index + 1
            isBlank = true
        }
        self.ranges = ranges
    }

    static var tooMany: DraftFault {
        DraftFault(.batchTooLarge, "a batch has at most \(maximumEntries) entries; nothing of it was published")
    }
}
