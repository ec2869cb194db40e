/// The ids of one topic that were heard last: so many for certain, twice as many at most.
///
/// Two halves: the younger takes every id that is heard; when it has its number, the older is forgotten and it takes
/// its place. So hearing an id costs two look-ups and forgetting nothing, and nothing is allocated but by growing.
struct IDMemory {
    /// Ids that came in ascending order, as most of one gateway do, are written down one after the other; that takes
    /// half the memory of a table, and none of it anywhere else than the id before.
    private struct Half {
        var ascending = AscendingIDs()
        var others: IDTable

        var count: Int { ascending.count + others.count }

        func contains(_ id: UInt128, _ hash: Int) -> Bool {
            others.contains(id, hash) || ascending.contains(id)
        }

        mutating func removeAll() {
            ascending.removeAll()
            others.removeAll()
        }
    }

    private var younger: Half
    private var older: Half
    /// Of those in the halves: they count as not heard.
    private var forgotten: Set<UInt128> = []
    private let capacity: Int
    /// None was higher.
    private var highest: UInt128 = 0

    /// - Parameter seed: random, so that nobody can choose ids that collide.
    init(capacity: Int, seed: UInt64 = .random(in: .min ... .max)) {
        self.capacity = min(max(1, capacity), 1 << 30)
        younger = Half(others: IDTable(seed: seed))
        older = younger
    }

    /// How many ids are known, those counted twice that both halves know.
    var count: Int { younger.count + older.count }

    var forgottenCount: Int { forgotten.count }

    /// Whether `id` is known; that it was asked for counts as hearing.
    mutating func hear(_ id: UInt128) -> Bool {
        guard id <= highest else { return false }
        if !forgotten.isEmpty, forgotten.contains(id) { return false }
        let hash = younger.others.hash(of: id)
        if younger.contains(id, hash) { return true }
        guard older.contains(id, hash) else { return false }
        add(id, hash)
        return true
    }

    /// Remembers `id`; false if it is known already, which counts as hearing.
    mutating func remember(_ id: UInt128) -> Bool {
        guard id <= highest else {
            highest = id
            makeRoom()
            younger.ascending.append(id)
            return true
        }
        let isForgotten = !forgotten.isEmpty && forgotten.remove(id) != nil
        let hash = younger.others.hash(of: id)
        guard !younger.contains(id, hash) else { return isForgotten }
        let isNew = isForgotten || !older.contains(id, hash)
        add(id, hash)
        return isNew
    }

    /// Takes back that `id` was remembered; what is not known stays unknown.
    mutating func forget(_ id: UInt128) {
        guard isKept(id) else { return }
        forgotten.insert(id)
    }

    private func isKept(_ id: UInt128) -> Bool {
        let hash = younger.others.hash(of: id)
        return younger.contains(id, hash) || older.contains(id, hash)
    }

    private mutating func add(_ id: UInt128, _ hash: Int) {
        makeRoom()
        younger.others.insert(id, hash)
    }

    private mutating func makeRoom() {
        guard younger.count == capacity else { return }
        swap(&younger, &older)
        younger.removeAll()
        if !forgotten.isEmpty { forgotten = forgotten.filter(isKept) }
    }
}
