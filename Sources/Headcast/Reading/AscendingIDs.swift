/// Ids each of which is higher than the one before, in their order: to remember one is to write it down.
struct AscendingIDs {
    private var ids: [UInt128] = []

    var count: Int { ids.count }

    /// Adds an `id` that is higher than all.
    mutating func append(_ id: UInt128) {
        ids.append(id)
    }

    /// Whether `id` is there. What is looked for is near the end, mostly: the search goes back from there, in steps
    /// twice as long each time, and then by halves.
    func contains(_ id: UInt128) -> Bool {
        var (low, high) = (ids.count, ids.count)
        var step = 1
        while low > 0 {
            low = max(0, low - step)
            if ids[low] <= id { break }
            high = low
            step *= 2
        }
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] == id { return true }
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// Empties it and keeps its memory.
    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
    }
}
