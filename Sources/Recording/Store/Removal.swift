import Clocks
import Records

/// One step in removing what need not be kept, small enough for responses to wait behind it.
struct Removal: Sendable {
    enum Rule: Sendable {
        case storedBefore(Timestamp)
        case keeping(Int64)
    }

    let rule: Rule
    /// How many records it removes at most.
    let limit: Int

    func perform(on writer: any RecordWriter) throws(StoreError) -> Int {
        switch rule {
        case .storedBefore(let time): try writer.removeRecords(storedBefore: time, limit: limit)
        case .keeping(let count): try writer.removeOldest(keeping: count, limit: limit)
        }
    }
}
