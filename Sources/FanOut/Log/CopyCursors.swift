import Clocks

/// The cursors behind the head of one log that send further copies.
///
/// A cursor serves one (spacing, copy): it follows the head at the fixed delay spacing × copy, so it needs neither
/// timers nor lists. It exists only while a datagram in the log still waits for its copy.
struct CopyCursors {
    struct Cursor: Equatable {
        let spacing: Duration
        /// 1 for the second time a datagram is sent, 2 for the third, …
        let copy: Int
        /// The next datagram to consider.
        var number: UInt64
        /// The last datagram that wants this copy.
        var last: UInt64

        func serves(_ entry: DatagramEntry) -> Bool {
            Int(entry.copies) > copy && entry.spacing == spacing
        }
    }

    /// How many spacings may be under way at once.
    static let maximumSpacings = 8

    private(set) var active: [Cursor] = []

    /// Whether datagrams with this spacing can be taken now.
    func accepts(spacing: Duration) -> Bool {
        if active.isEmpty || active.contains(where: { $0.spacing == spacing }) { return true }
        return Set(active.map(\.spacing)).count < Self.maximumSpacings
    }

    /// Notes that datagram `number`, the newest, is wanted `copies` times.
    mutating func follow(_ number: UInt64, copies: Int, spacing: Duration) {
        guard copies > 1 else { return }
        for copy in 1..<copies {
            if let index = index(spacing, copy) {
                active[index].last = number
            } else {
                active.append(Cursor(spacing: spacing, copy: copy, number: number, last: number))
            }
        }
    }

    /// The cursor whose next datagram has waited longest, and since when it is due.
    ///
    /// Cursors are moved past datagrams they do not serve. `log` must hold everything from each cursor's number on:
    /// ``skip(before:in:overrun:)`` comes before the log drops anything.
    mutating func earliest(in log: borrowing TopicLog) -> (cursor: Cursor, due: Instant)? {
        var best: (cursor: Cursor, due: Instant)?
        for index in active.indices {
            while active[index].number < active[index].last, !active[index].serves(log[active[index].number]) {
                active[index].number += 1
            }
            let cursor = active[index]
            let due = log[cursor.number].due(copy: cursor.copy)
            if best.map({ due < $0.due }) ?? true { best = (cursor, due) }
        }
        return best
    }

    /// The first datagram this cursor must not reach: the copy before it has not been sent of it.
    func limit(of cursor: Cursor, firstCopies: UInt64) -> UInt64 {
        let before = active.first { $0.spacing == cursor.spacing && $0.copy == cursor.copy - 1 }
        return min(before?.number ?? firstCopies, firstCopies, cursor.last + 1)
    }

    /// Moves the cursor of (`spacing`, `copy`) on to `number`.
    mutating func advance(spacing: Duration, copy: Int, to number: UInt64) {
        guard let index = index(spacing, copy) else { return }
        active[index].number = number
        if number > active[index].last { active.remove(at: index) }
    }

    /// Moves every cursor on that is about to be overtaken: the log is going to drop everything before `oldest`.
    ///
    /// Tells each copy that is thereby not sent.
    mutating func skip(
        before oldest: UInt64, in log: borrowing TopicLog, overrun: (_ number: UInt64, _ copy: Int) -> Void
    ) {
        for index in active.indices.reversed() where active[index].number < oldest {
            let cursor = active[index]
            for number in cursor.number..<min(oldest, cursor.last + 1) where cursor.serves(log[number]) {
                overrun(number, cursor.copy)
            }
            active[index].number = oldest
            if oldest > cursor.last { active.remove(at: index) }
        }
    }

    /// The lowest number a further copy may still be sent of; nil when none is to come.
    var lowest: UInt64? { active.lazy.map(\.number).min() }

    /// Whether copy `copy` of datagram `number` is still to come.
    func isPending(spacing: Duration, copy: Int, number: UInt64) -> Bool {
        index(spacing, copy).map { active[$0].number <= number } ?? false
    }

    private func index(_ spacing: Duration, _ copy: Int) -> Int? {
        active.firstIndex { $0.copy == copy && $0.spacing == spacing }
    }
}
