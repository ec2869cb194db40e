/// The ids of one topic that were seen lately.
///
/// Two generations: ids go into the younger, and when that is full it becomes the older, whose ids are forgotten. An
/// id that is heard again is young again. So at least `capacity` of those heard last are known, and at most twice that.
struct IDMemory {
    private var young: IDSet
    private var old: IDSet
    private let capacity: Int

    /// - Parameter seed: random, so that nobody can choose ids that collide.
    init(capacity: Int, seed: UInt64 = .random(in: .min ... .max)) {
        self.capacity = max(1, capacity)
        young = IDSet(seed: seed)
        old = IDSet(seed: seed)
    }

    /// How many slots there are, of 16 bytes each.
    var slotCount: Int { young.slots.count + old.slots.count }

    func contains(_ id: UInt128) -> Bool { young.contains(id) || old.contains(id) }

    /// Remembers `id`; false if it was known.
    mutating func insert(_ id: UInt128) -> Bool {
        guard young.insert(id) else { return false }
        let isNew = !old.contains(id)
        if young.count >= capacity {
            swap(&young, &old)
            young.removeAll()
        }
        return isNew
    }
}

/// A set of UUIDs by open addressing: 16 bytes a slot, half of them free at least, nothing allocated but by growing.
private struct IDSet {
    private(set) var count = 0
    /// 0 where a slot is free; the nil UUID is kept apart.
    private(set) var slots: [UInt128] = []
    private var hasNil = false
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
    }

    func contains(_ id: UInt128) -> Bool {
        guard id != 0 else { return hasNil }
        return !slots.isEmpty && slots[slot(of: id)] == id
    }

    mutating func insert(_ id: UInt128) -> Bool {
        guard id != 0 else {
            defer { hasNil = true }
            return !hasNil
        }
        if count * 2 >= slots.count { grow() }
        let slot = slot(of: id)
        guard slots[slot] == 0 else { return false }
        slots[slot] = id
        count += 1
        return true
    }

    mutating func removeAll() {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        count = 0
        hasNil = false
    }

    /// Where `id` is, or would be.
    private func slot(of id: UInt128) -> Int {
        let mask = slots.count - 1
        var mixed = (UInt64(truncatingIfNeeded: id) ^ seed) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 32) ^ UInt64(truncatingIfNeeded: id >> 64)) &* (seed | 1)
        var slot = Int(truncatingIfNeeded: mixed ^ (mixed >> 29)) & mask
        while slots[slot] != 0, slots[slot] != id { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let ids = slots
        slots = [UInt128](repeating: 0, count: max(64, ids.count * 2))
        for id in ids where id != 0 { slots[slot(of: id)] = id }
    }
}
