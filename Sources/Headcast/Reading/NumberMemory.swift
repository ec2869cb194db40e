import Clocks

/// Which numbers of one stream were seen, are missing, are lost, or were never told of.
///
/// Keeps what was not seen instead of what was: nothing for a stream that loses nothing, whatever it has sent, and no
/// window that a fast stream could outrun.
struct NumberMemory {
    enum Verdict {
        case new
        /// Seen before.
        case duplicate
        /// Lost before, and not seen until now.
        case late
    }

    private struct Missing {
        var numbers: ClosedRange<UInt64>
        var deadline: Instant
    }

    /// How many ranges of each are kept at most: beyond it the lowest missing are lost, the lowest lost forgotten.
    static let maximumRanges = 16_384

    /// The lowest number that counts; 0 before anything was heard.
    private var first: UInt64 = 0
    /// The highest number that was told of.
    private(set) var highest: UInt64 = 0
    /// Ascending and disjoint; the deadlines ascend, too.
    private var missing: [Missing] = []
    /// Ascending and disjoint.
    private var lost: [ClosedRange<UInt64>] = []

    /// The lowest number that is waited for.
    var firstMissing: UInt64? { missing.first?.numbers.lowerBound }

    /// When the lowest missing number is lost.
    var nextDeadline: Instant? { missing.first?.deadline }

    /// How many ranges are kept, which is what this costs.
    var rangeCount: Int { missing.count + lost.count }

    /// Whether more is missing than may be; ``takeLost(by:)`` mends it.
    var isOverfull: Bool { missing.count > Self.maximumRanges }

    /// Records that a datagram arrived.
    ///
    /// - Parameters:
    ///   - deadline: when lower numbers that are missing are lost.
    ///   - closed: numbers up to this one have had their turn: those that were not seen are late, and stay unseen.
    mutating func see(_ number: UInt64, deadline: Instant, closed: UInt64 = 0) -> Verdict {
        if first == 0 {
            first = number
            highest = number
            return .new
        }
        if number > highest {
            expect(upTo: number - 1, deadline: deadline)
            highest = number
        } else if number <= closed {
            return isUnseen(number) ? .late : .duplicate
        } else if number < first {
            expectBelow(from: number + 1, deadline: deadline)
            first = number
            return .new
        } else if let index = Self.index(of: number, in: missing, \.numbers) {
            missing.cut(number, at: index, \.numbers)
        } else if let index = Self.index(of: number, in: lost, \.self) {
            lost.cut(number, at: index, \.self)
            tighten(below: number, to: deadline)
            return .late
        } else {
            return .duplicate
        }
        tighten(below: number, to: deadline)
        return .new
    }

    /// Records a heartbeat: all from `first` up to but not including `next`, which is as much, have been sent.
    mutating func hear(first: UInt64, next: UInt64, deadline: Instant) {
        if self.first == 0 {
            self.first = first
            highest = first - 1
        } else if first < self.first {
            expectBelow(from: first, deadline: deadline)
            self.first = first
        }
        expect(upTo: next - 1, deadline: deadline)
        tighten(below: next, to: deadline)
    }

    /// Whether some of `numbers` are lost.
    func isLost(anyOf numbers: ClosedRange<UInt64>) -> Bool {
        guard !lost.isEmpty else { return false }
        let index = Self.firstIndex(notBelow: numbers.lowerBound, in: lost, \.self)
        return index < lost.count && lost[index].lowerBound <= numbers.upperBound
    }

    /// Gives up what is lost by `now`, and what is too much to keep; ascending, neighbours joined.
    mutating func takeLost(by now: Instant) -> [ClosedRange<UInt64>] {
        guard let first = missing.first, first.deadline <= now || isOverfull else { return [] }
        let count = missing.firstIndex { $0.deadline > now } ?? missing.count
        return takeLost(isOverfull ? max(count, missing.count - Self.maximumRanges * 3 / 4) : count)
    }

    /// Gives up everything that is missing.
    mutating func takeAll() -> [ClosedRange<UInt64>] { takeLost(missing.count) }

    /// Gives up the lowest numbers that are missing, whatever their deadline.
    mutating func takeFirst() -> [ClosedRange<UInt64>] { takeLost(min(1, missing.count)) }

    private mutating func takeLost(_ count: Int) -> [ClosedRange<UInt64>] {
        guard count > 0 else { return [] }
        var ranges: [ClosedRange<UInt64>] = []
        for range in missing.prefix(count).map(\.numbers) {
            if let last = ranges.last, last.upperBound + 1 == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound...range.upperBound
            } else {
                ranges.append(range)
            }
        }
        missing.removeFirst(count)
        let isInOrder = lost.last.map { $0.upperBound < ranges[0].lowerBound } ?? true
        lost += ranges
        // A beginning that was told of late lies below what was lost before.
        if !isInOrder { lost.sort { $0.lowerBound < $1.lowerBound } }
        if lost.count > Self.maximumRanges { lost.removeFirst(lost.count - Self.maximumRanges * 3 / 4) }
        return ranges
    }

    /// Makes everything above ``highest`` up to `number` missing.
    private mutating func expect(upTo number: UInt64, deadline: Instant) {
        guard number > highest else { return }
        missing.append(Missing(numbers: highest + 1...number, deadline: deadline))
        highest = number
    }

    /// Makes everything from `number` up to ``first`` missing.
    private mutating func expectBelow(from number: UInt64, deadline: Instant) {
        guard number < first else { return }
        // Higher numbers have been waited for already; what is lower need not wait longer.
        let deadline = min(deadline, nextDeadline ?? deadline)
        missing.insert(Missing(numbers: number...first - 1, deadline: deadline), at: 0)
    }

    /// No copy of a number lower than `number` comes after `deadline`.
    private mutating func tighten(below number: UInt64, to deadline: Instant) {
        guard let last = missing.last else { return }
        var index = missing.count
        if last.numbers.lowerBound >= number {
            index = Self.firstIndex(notBelow: number, in: missing, \.numbers)
        }
        while index > 0, missing[index - 1].deadline > deadline {
            index -= 1
            missing[index].deadline = deadline
        }
    }

    private func isUnseen(_ number: UInt64) -> Bool {
        number < first || Self.index(of: number, in: missing, \.numbers) != nil
            || Self.index(of: number, in: lost, \.self) != nil
    }

    /// Where `number` stands in ascending ranges.
    private static func index<Element>(
        of number: UInt64, in ranges: [Element], _ numbers: (Element) -> ClosedRange<UInt64>
    ) -> Int? {
        let index = firstIndex(notBelow: number, in: ranges, numbers)
        return index < ranges.count && numbers(ranges[index]).contains(number) ? index : nil
    }

    /// The first of ascending ranges that does not lie below `number` altogether.
    private static func firstIndex<Element>(
        notBelow number: UInt64, in ranges: [Element], _ numbers: (Element) -> ClosedRange<UInt64>
    ) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if numbers(ranges[middle]).upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Array {
    /// Takes `number` out of the range of the element at `index`, which it is in.
    fileprivate mutating func cut(
        _ number: UInt64, at index: Int, _ numbers: WritableKeyPath<Element, ClosedRange<UInt64>>
    ) {
        let range = self[index][keyPath: numbers]
        switch (range.lowerBound == number, range.upperBound == number) {
        case (true, true): remove(at: index)
        case (true, false): self[index][keyPath: numbers] = number + 1...range.upperBound
        case (false, true): self[index][keyPath: numbers] = range.lowerBound...number - 1
        case (false, false):
            var rest = self[index]
            rest[keyPath: numbers] = number + 1...range.upperBound
            self[index][keyPath: numbers] = range.lowerBound...number - 1
            insert(rest, at: index + 1)
        }
    }
}
