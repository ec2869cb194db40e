/// The bounded history of receipts, all topics together, in the order of publishing.
///
/// Positions count from 1; the oldest entry is forgotten when a new one needs its place. Loop thread only.
package final class Ledger {
    package let capacity: Int
    /// The position the next entry will have.
    package private(set) var next: UInt64 = 1

    private var entries: [LedgerEntry] = []
    /// Of the newest entry of each id.
    private var places = LedgerIndex()
    /// Entries forgotten before somebody who waits for one had it.
    private var held: [UInt64: LedgerEntry] = [:]
    /// By topic: the position of its newest entry, and the number after its newest forgotten datagram.
    private var newest: [UInt64] = []
    private var forgotten: [UInt64] = []

    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// The position of the oldest entry; equal to `next` when there is none.
    package var oldest: UInt64 { next - UInt64(entries.count) }

    /// Makes room in the books for one more topic and returns its index.
    func addTopic() -> Int {
        newest.append(0)
        forgotten.append(1)
        return newest.count - 1
    }

    /// The entry at `position`; nil when it is forgotten or not there yet.
    package subscript(position: UInt64) -> LedgerEntry? {
        position >= oldest && position < next ? entries[slot(position)] : nil
    }

    /// The entry at `position` for the one who published it: kept for it, beyond the capacity, until it is settled and
    /// taken here once.
    package func take(_ position: UInt64) -> LedgerEntry? {
        self[position] ?? held.removeValue(forKey: position)
    }

    /// The entry at `position`, also one that is held for somebody who waits.
    func unfinished(_ position: UInt64) -> LedgerEntry? {
        self[position] ?? held[position]
    }

    package func position(of id: MessageID) -> UInt64? {
        places.place(of: id) { entries[$0].id == id }.map { place in
            // The newest position that has this place.
            let back = (slot(next - 1) - place + capacity) % capacity
            return next - 1 - UInt64(back)
        }
    }

    /// The position of `topic`'s newest entry, or of the one before `position`; nil when there is none any more.
    package func newest(of topic: Int, before position: UInt64? = nil) -> UInt64? {
        let candidate = position.map { self[$0]?.previous ?? 0 } ?? newest[topic]
        return candidate >= oldest && candidate < next ? candidate : nil
    }

    /// The first datagram of `topic` that the ledger may still speak of.
    func oldestNumber(of topic: Int) -> UInt64 {
        forgotten[topic]
    }

    /// Records a message whose first copies are still to be sent and returns its position.
    func record(_ make: (_ previous: UInt64) -> LedgerEntry, topic: Int) -> UInt64 {
        let entry = make(newest[topic])
        let slot = slot(next)
        let oldest = oldest
        if slot < entries.count {
            let old = entries[slot]
            // The same id may have been published again, and is then found elsewhere.
            places.remove(old.id, in: slot)
            if !old.isSettled { held[oldest] = old }
            // Its last datagram may hold messages that are still remembered.
            forgotten[old.topic] = max(old.numbers.lowerBound, old.numbers.upperBound - 1)
            entries[slot] = entry
        } else {
            entries.append(entry)
        }
        places.set(slot, of: entry.id) { entries[$0].id == entry.id }
        newest[topic] = next
        next += 1
        return next - 1
    }

    /// Changes the entry at `position` if it is still remembered.
    func update(_ position: UInt64, _ change: (inout LedgerEntry) -> Void) {
        guard position >= oldest, position < next else {
            guard var entry = held[position] else { return }
            change(&entry)
            held[position] = entry
            return
        }
        change(&entries[slot(position)])
    }

    private func slot(_ position: UInt64) -> Int {
        Int((position - 1) % UInt64(capacity))
    }
}
