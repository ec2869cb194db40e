/// A set of ids, by open addressing: what is not there is found out with one look at memory, mostly.
struct IDTable {
    /// What an empty slot holds; the id that is equal to it has a place of its own.
    private static let free: UInt128 = 0

    private(set) var count = 0
    /// Half of them free at least; a power of two.
    private var slots: [UInt128] = []
    private var hasFree = false
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    /// What the other calls ask for with `id`; the same in all tables of one seed.
    func hash(of id: UInt128) -> Int {
        var mixed = (UInt64(truncatingIfNeeded: id) ^ seed) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 32) ^ UInt64(truncatingIfNeeded: id >> 64)) &* (seed | 1)
        return Int(truncatingIfNeeded: mixed ^ (mixed >> 29))
    }

    func contains(_ id: UInt128, _ hash: Int) -> Bool {
        guard id != Self.free else { return hasFree }
        guard !slots.isEmpty else { return false }
        return slots[slot(of: id, hash)] == id
    }

    /// Adds an `id` that is not there.
    mutating func insert(_ id: UInt128, _ hash: Int) {
        if id == Self.free {
            hasFree = true
        } else {
            if (count + 1) * 2 > slots.count { grow() }
            slots[slot(of: id, hash)] = id
        }
        count += 1
    }

    /// Empties it and keeps its memory.
    mutating func removeAll() {
        for index in slots.indices { slots[index] = Self.free }
        count = 0
        hasFree = false
    }

    /// Where `id` is, or would be.
    private func slot(of id: UInt128, _ hash: Int) -> Int {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] != id, slots[slot] != Self.free { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt128](repeating: Self.free, count: max(64, old.count * 2))
        for id in old where id != Self.free { slots[slot(of: id, hash(of: id))] = id }
    }
}
