/// Which datagrams one subscriber was not sent, and why, as ranges of numbers.
///
/// A copy that fails many times in a row costs one range. The last ``kept`` ranges are exact; older ones are merged into
/// one that only says "some of these", unless a further copy of them is still to come.
struct FailureRanges {
    struct Range: Equatable {
        /// The first and the last number, both included.
        var from: UInt64
        var to: UInt64
        /// Which sending of the datagram: 0 is the first. Meaningless where `isExact` is false.
        var copy: Int
        /// An errno, or ``overrun``.
        var code: Int32
        /// Whether every number in it failed, rather than some.
        var isExact = true

        func overlaps(_ numbers: Swift.Range<UInt64>) -> Bool {
            from < numbers.upperBound && numbers.lowerBound <= to
        }
    }

    /// What a datagram meets, instead of an errno, whose copy the log overtook.
    static let overrun: Int32 = -1

    static let kept = 16
    /// The most ranges held while further copies are to come.
    static let maximum = 1_024

    private(set) var ranges: [Range] = []

    /// The highest number that ever failed, 0 if none did.
    private(set) var latest: UInt64 = 0

    /// Notes that copy `copy` of `numbers` failed with `code`.
    ///
    /// - Parameter settled: no further copy is to come of numbers below it.
    mutating func record(_ numbers: Swift.Range<UInt64>, copy: Int, code: Int32, settled: UInt64) {
        latest = max(latest, numbers.upperBound - 1)
        let open = ranges.lastIndex { $0.copy == copy && $0.isExact }
        if let open, ranges[open].code == code, ranges[open].to + 1 == numbers.lowerBound {
            ranges[open].to = numbers.upperBound - 1
            return
        }
        ranges.append(Range(from: numbers.lowerBound, to: numbers.upperBound - 1, copy: copy, code: code))
        while ranges.count > Self.kept, let (first, second) = mergeable(settled: settled) { merge(second, into: first) }
    }

    /// Forgets what lies wholly below `number`.
    mutating func forget(before number: UInt64) {
        ranges.removeAll { $0.to < number }
    }

    /// Whether copy `copy` of any of `numbers` is known to have failed.
    func contains(_ numbers: Swift.Range<UInt64>, copy: Int) -> Bool {
        ranges.contains { $0.isExact && $0.copy == copy && $0.overlaps(numbers) }
    }

    /// The exact ranges that touch `numbers`; nil when what happened to them is no longer known exactly.
    func touching(_ numbers: Swift.Range<UInt64>) -> [Range]? {
        let touching = ranges.filter { $0.overlaps(numbers) }
        return touching.allSatisfy(\.isExact) ? touching : nil
    }

    /// The two oldest ranges that may be merged: settled ones, or any once there are too many.
    private func mergeable(settled: UInt64) -> (Int, Int)? {
        var first: Int?
        for index in ranges.indices where ranges[index].to < settled {
            if let first { return (first, index) }
            first = index
        }
        return ranges.count > Self.maximum ? (0, 1) : nil
    }

    private mutating func merge(_ second: Int, into first: Int) {
        let range = ranges.remove(at: second)
        ranges[first].from = min(ranges[first].from, range.from)
        ranges[first].to = max(ranges[first].to, range.to)
        ranges[first].isExact = false
    }
}
