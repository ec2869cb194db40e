/// In which place of the ledger the newest entry of an id is.
///
/// Every publish asks three times. A table of places with open addressing, at most half full, for which an id is hashed by
/// one multiplication; the multiplier is a secret of the process, so that nobody can choose ids that collide. The ids
/// themselves are in the entries.
struct LedgerIndex {
    private struct Cell {
        /// The id's hash, whose highest bits say where its search begins.
        var hash: UInt32 = 0
        /// Counted from 1; 0 in an empty cell.
        var place: UInt32 = 0
    }

    private var cells = Array(repeating: Cell(), count: 16)
    private var count = 0
    private let multiplier: UInt64

    init(multiplier: UInt64 = .random(in: .min ... .max)) {
        self.multiplier = multiplier | 1
    }

    /// The place of `id`; `has` tells whether it is the id of the entry in a place.
    func place(of id: MessageID, _ has: (Int) -> Bool) -> Int? {
        cell(of: id, has).map { Int(cells[$0].place) - 1 }
    }

    /// Sets the place of `id`, which `has` knows the old one of.
    mutating func set(_ place: Int, of id: MessageID, _ has: (Int) -> Bool) {
        if let known = cell(of: id, has) {
            cells[known].place = UInt32(place + 1)
            return
        }
        count += 1
        if 2 * count > cells.count { grow() }
        insert(Cell(hash: hash(id), place: UInt32(place + 1)))
    }

    /// Forgets `id` if its entry is in `place`, and not in a newer one.
    mutating func remove(_ id: MessageID, in place: Int) {
        guard var hole = cell(of: id, { $0 == place }) else { return }
        count -= 1
        // What follows moves up, unless that would be in front of where its search begins.
        var next = after(hole)
        while cells[next].place > 0 {
            let distance = (next - start(cells[next].hash)) & (cells.count - 1)
            if distance >= (next - hole) & (cells.count - 1) {
                cells[hole] = cells[next]
                hole = next
            }
            next = after(next)
        }
        cells[hole] = Cell()
    }

    private func cell(of id: MessageID, _ has: (Int) -> Bool) -> Int? {
        let hash = hash(id)
        var index = start(hash)
        while cells[index].place > 0 {
            if cells[index].hash == hash, has(Int(cells[index].place) - 1) { return index }
            index = after(index)
        }
        return nil
    }

    private mutating func insert(_ cell: Cell) {
        var index = start(cell.hash)
        while cells[index].place > 0 { index = after(index) }
        cells[index] = cell
    }

    private mutating func grow() {
        let old = cells
        cells = Array(repeating: Cell(), count: 2 * old.count)
        for cell in old where cell.place > 0 { insert(cell) }
    }

    private func hash(_ id: MessageID) -> UInt32 {
        let mixed = UInt64(truncatingIfNeeded: id.bits) ^ UInt64(truncatingIfNeeded: id.bits >> 64)
        return UInt32(truncatingIfNeeded: (mixed &* multiplier) >> 32)
    }

    /// The highest bits of a hash, as many as there are cells for.
    private func start(_ hash: UInt32) -> Int {
        Int(hash >> UInt32(32 - cells.count.trailingZeroBitCount))
    }

    private func after(_ index: Int) -> Int { (index + 1) & (cells.count - 1) }
}
