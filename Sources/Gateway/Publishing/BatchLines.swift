import Service

/// Where the entries of a batch of lines stand.
struct BatchLines {
    let ranges: [Range<Int>]

    /// How many entries a batch may have, in lines or as events.
    static let maximumEntries = 1_000
    /// How many bytes a batch may have.
    static let maximumBytes = 16 << 20

    init(_ body: [UInt8]) throws(DraftFault) {
        guard let ranges = LineRanges.entries(of: body, maximum: Self.maximumEntries) else { throw Self.tooMany }
        self.ranges = ranges
    }

    static var tooMany: DraftFault {
        DraftFault(
            .batchTooLarge, "a batch has at most \(maximumEntries) entries; nothing of it was published",
            limit: maximumEntries)
    }
}
