/// The ids of one topic that were heard last: so many for certain, twice as many at most.
///
/// Two tables: the younger takes every id that is heard; when it has its number, the older is forgotten and it takes its
/// place. So hearing an id costs two look-ups and forgetting nothing, and nothing is allocated but by growing.
struct IDMemory {
    private var younger: IDTable
    private var older: IDTable
    private let capacity: Int
    /// None was higher. Most ids of one gateway ascend, and need not be looked for.
    private var highest: UInt128 = 0

    /// - Parameter seed: random, so that nobody can choose ids that collide.
    init(capacity: Int, seed: UInt64 = .random(in: .min ... .max)) {
        self.capacity = min(max(1, capacity), 1 << 30)
        younger = IDTable(seed: seed)
        older = IDTable(seed: seed)
    }

    /// How many ids are known, those counted twice that both tables know.
    var count: Int { younger.count + older.count }

    /// Whether `id` is known; that it was asked for counts as hearing.
    mutating func hear(_ id: UInt128) -> Bool {
        let hash = younger.hash(of: id)
        if younger.contains(id, hash) { return true }
        guard older.contains(id, hash) else { return false }
        add(id, hash)
        return true
    }

    /// Remembers `id`; false if it is known already, which counts as hearing.
    mutating func remember(_ id: UInt128) -> Bool {
        let hash = younger.hash(of: id)
        if id > highest {
            highest = id
            add(id, hash)
            return true
        }
        guard !younger.contains(id, hash) else { return false }
        let isNew = !older.contains(id, hash)
        add(id, hash)
        return isNew
    }

    private mutating func add(_ id: UInt128, _ hash: Int) {
        if younger.count == capacity {
            swap(&younger, &older)
            younger.removeAll()
        }
        younger.insert(id, hash)
    }
}
