/// The ids of one topic that were heard last, so many at most.
///
/// A hash table by open addressing over a list in order of hearing; nothing is allocated but by growing.
struct IDMemory {
    private struct Entry {
        var id: UInt128
        /// In order of hearing; ``nobody`` at the ends.
        var older: UInt32
        var newer: UInt32
    }

    private static let nobody = UInt32.max
    /// No index is as large as ``nobody``.
    private static let free = UInt64.max

    private var entries: [Entry] = []
    /// The hash of an id and the index of its entry, 32 bits each; half of them ``free`` at least; a power of two.
    ///
    /// With the hash at hand, the entry of another id, which is far away in memory, is rarely looked at.
    private var slots: [UInt64] = []
    private var oldest = nobody
    private var newest = nobody
    private let capacity: Int
    private let seed: UInt64

    /// - Parameter seed: random, so that nobody can choose ids that collide.
    init(capacity: Int, seed: UInt64 = .random(in: .min ... .max)) {
        self.capacity = min(max(1, capacity), 1 << 30)
        self.seed = seed
    }

    var count: Int { entries.count }

    /// Whether `id` is known; that it was asked for counts as hearing.
    mutating func hear(_ id: UInt128) -> Bool {
        guard !slots.isEmpty else { return false }
        let slot = slots[slot(of: id, hash(of: id))]
        guard slot != Self.free else { return false }
        let index = UInt32(truncatingIfNeeded: slot)
        if index != newest {
            unlink(index)
            link(index)
        }
        return true
    }

    /// Remembers an `id` that is not known; the one heard longest ago is forgotten for it if need be.
    mutating func insert(_ id: UInt128) {
        let hash = hash(of: id)
        guard entries.count == capacity else {
            if entries.count * 2 >= slots.count { grow() }
            slots[slot(of: id, hash)] = UInt64(hash) << 32 | UInt64(entries.count)
            entries.append(Entry(id: id, older: Self.nobody, newer: Self.nobody))
            return link(UInt32(entries.count - 1))
        }
        let index = oldest
        let forgotten = entries[Int(index)].id
        empty(slot(of: forgotten, self.hash(of: forgotten)))
        unlink(index)
        entries[Int(index)].id = id
        slots[slot(of: id, hash)] = UInt64(hash) << 32 | UInt64(index)
        link(index)
    }

    // MARK: The list

    /// Makes an entry the newest.
    private mutating func link(_ index: UInt32) {
        entries[Int(index)].older = newest
        entries[Int(index)].newer = Self.nobody
        if newest == Self.nobody { oldest = index } else { entries[Int(newest)].newer = index }
        newest = index
    }

    private mutating func unlink(_ index: UInt32) {
        let entry = entries[Int(index)]
        if entry.older == Self.nobody { oldest = entry.newer } else { entries[Int(entry.older)].newer = entry.newer }
        if entry.newer == Self.nobody { newest = entry.older } else { entries[Int(entry.newer)].older = entry.older }
    }

    // MARK: The table

    /// Where `id` is, or would be.
    private func slot(of id: UInt128, _ hash: UInt32) -> Int {
        var slot = home(of: hash)
        while slots[slot] != Self.free {
            if slots[slot] >> 32 == UInt64(hash), entries[Int(slots[slot] & 0xFFFF_FFFF)].id == id { break }
            slot = next(slot)
        }
        return slot
    }

    private func hash(of id: UInt128) -> UInt32 {
        var mixed = (UInt64(truncatingIfNeeded: id) ^ seed) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 32) ^ UInt64(truncatingIfNeeded: id >> 64)) &* (seed | 1)
        return UInt32(truncatingIfNeeded: mixed ^ (mixed >> 29))
    }

    private func home(of hash: UInt32) -> Int { Int(hash) & (slots.count - 1) }

    private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

    /// Empties a slot, and moves up what stands behind it only because it was taken.
    private mutating func empty(_ slot: Int) {
        var hole = slot
        var other = next(slot)
        while slots[other] != Self.free {
            let home = home(of: UInt32(truncatingIfNeeded: slots[other] >> 32))
            // Whether the way from its home to where it stands leads over the hole.
            if (other &- home) & (slots.count - 1) >= (other &- hole) & (slots.count - 1) {
                slots[hole] = slots[other]
                hole = other
            }
            other = next(other)
        }
        slots[hole] = Self.free
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: Self.free, count: max(64, old.count * 2))
        for entry in old where entry != Self.free {
            var slot = home(of: UInt32(truncatingIfNeeded: entry >> 32))
            while slots[slot] != Self.free { slot = next(slot) }
            slots[slot] = entry
        }
    }
}
