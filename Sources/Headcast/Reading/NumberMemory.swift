import Clocks

/// Which numbers of one stream were seen, are missing, or were never told of.
///
/// Keeps what was not seen instead of what was: nothing for a stream that loses nothing, whatever it has sent, and no
/// window that a fast stream could outrun.
struct NumberMemory {
    enum Verdict {
        case new
        /// Seen before.
        case duplicate
        /// Given up before.
        case late
    }

    private struct Missing {
        var numbers: Range<UInt64>
        var deadline: Instant
    }

    /// Beyond these the lowest are given up.
    static let maximumMissing = 4_096
    static let maximumUnheard = 64
    /// How many gaps are remembered to tell late from seen.
    static let maximumLost = 64

    /// One behind the highest number that was told of; 0 before the first.
    private(set) var next: UInt64 = 0
    /// Ascending and disjoint; so are the deadlines.
    private var missing: [Missing] = []
    /// Below what was seen first: may still come, and is not missing as long as no heartbeat says so. Ascending.
    private var unheard: [Range<UInt64>] = []
    /// The latest that were given up.
    private var lost: [Range<UInt64>] = []

    /// How many ranges are kept, which is what this costs.
    var rangeCount: Int { missing.count + unheard.count + lost.count }
    static let maximumRanges = maximumMissing + maximumUnheard + maximumLost

    /// The lowest number that is waited for; ``next`` if there is none.
    var firstMissing: UInt64 { missing.first?.numbers.lowerBound ?? next }

    /// When the lowest missing number is lost.
    var nextDeadline: Instant? { missing.first?.deadline }

    /// Whether more is missing than may be; ``takeLost(by:)`` mends it.
    var isOverfull: Bool { missing.count > Self.maximumMissing }

    /// Records that a datagram arrived.
    ///
    /// - Parameters:
    ///   - number: at least 1, less than the greatest there is.
    ///   - deadline: when lower numbers that are missing are lost.
    mutating func see(_ number: UInt64, deadline: Instant) -> Verdict {
        if next == 0 {
            if number > 1 { unheard = [1..<number] }
            next = number + 1
            return .new
        }
        if number >= next {
            expect(upTo: number, deadline: deadline)
            next = number + 1
            tighten(to: deadline)
            return .new
        }
        if take(number) { return .new }
        return lost.contains { $0.contains(number) } ? .late : .duplicate
    }

    /// Records a heartbeat: all from `first` up to but not including `next` have been sent.
    mutating func hear(first: UInt64, next: UInt64, deadline: Instant) {
        if self.next == 0 {
            if first > 1 { unheard = [1..<first] }
            self.next = first
        }
        expectUnheard(from: first, deadline: deadline)
        if next > self.next { expect(upTo: next, deadline: deadline) }
        tighten(to: deadline)
    }

    /// Gives up what is lost by `now`, and what is too much to keep; ascending, neighbours joined.
    mutating func takeLost(by now: Instant) -> [Range<UInt64>] {
        var count = missing.firstIndex { $0.deadline > now } ?? missing.count
        if isOverfull { count = max(count, missing.count - Self.maximumMissing * 3 / 4) }
        return takeLost(count)
    }

    /// Gives up everything that is missing.
    mutating func takeAll() -> [Range<UInt64>] { takeLost(missing.count) }

    /// Gives up the lowest numbers that are missing, whatever their deadline.
    mutating func takeFirst() -> [Range<UInt64>] { takeLost(min(1, missing.count)) }

    private mutating func takeLost(_ count: Int) -> [Range<UInt64>] {
        guard count > 0 else { return [] }
        var ranges: [Range<UInt64>] = []
        for range in missing.prefix(count).map(\.numbers) {
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        missing.removeFirst(count)
        lost = (lost + ranges).suffix(Self.maximumLost)
        return ranges
    }

    /// Makes everything from ``next`` up to but not including `number` missing.
    private mutating func expect(upTo number: UInt64, deadline: Instant) {
        guard number > next else { return }
        missing.append(Missing(numbers: next..<number, deadline: deadline))
        next = number
    }

    /// Makes missing what is not heard of and not below `first`.
    private mutating func expectUnheard(from first: UInt64, deadline: Instant) {
        guard let last = unheard.last, last.upperBound > first else { return }
        // Higher numbers have been waited for already; what is lower need not wait longer.
        let deadline = min(deadline, missing.first?.deadline ?? deadline)
        var told: [Missing] = []
        while let last = unheard.last, last.upperBound > first {
            unheard.removeLast()
            told.append(Missing(numbers: max(first, last.lowerBound)..<last.upperBound, deadline: deadline))
            if last.lowerBound < first { unheard.append(last.lowerBound..<first) }
        }
        missing.insert(contentsOf: told.reversed(), at: 0)
    }

    /// No copy of a number that is missing comes after `deadline`.
    private mutating func tighten(to deadline: Instant) {
        var index = missing.count - 1
        while index >= 0, missing[index].deadline > deadline {
            missing[index].deadline = deadline
            index -= 1
        }
    }

    /// Takes `number` off those that were not seen; false if it is none of them.
    private mutating func take(_ number: UInt64) -> Bool {
        if let index = Self.index(of: number, in: missing, \.numbers) {
            let found = missing[index]
            let rests = Self.split(found.numbers, at: number).map { Missing(numbers: $0, deadline: found.deadline) }
            missing.replaceSubrange(index...index, with: rests)
            return true
        }
        guard let index = Self.index(of: number, in: unheard, \.self) else { return false }
        unheard.replaceSubrange(index...index, with: Self.split(unheard[index], at: number))
        if unheard.count > Self.maximumUnheard { unheard.removeFirst() }
        return true
    }

    private static func split(_ range: Range<UInt64>, at number: UInt64) -> [Range<UInt64>] {
        [range.lowerBound..<number, number + 1..<range.upperBound].filter { !$0.isEmpty }
    }

    /// Where `number` stands in ascending ranges.
    private static func index<Element>(
        of number: UInt64, in ranges: [Element], _ numbers: (Element) -> Range<UInt64>
    ) -> Int? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if numbers(ranges[middle]).upperBound <= number { low = middle + 1 } else { high = middle }
        }
        guard low < ranges.count, numbers(ranges[low]).contains(number) else { return nil }
        return low
    }
}
