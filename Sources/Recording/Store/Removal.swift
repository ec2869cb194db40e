import Clocks
import Records

/// One step in removing what need not be kept, small enough for responses to wait behind it.
enum Removal: Sendable {
    case storedBefore(Timestamp)
    case keeping(Int64)

    /// How many records a step removes at most.
    static let limit = 500

    func perform(on writer: any RecordWriter) throws(StoreError) -> Int {
        switch self {
        case .storedBefore(let time): try writer.removeRecords(storedBefore: time, limit: Self.limit)
        case .keeping(let count): try writer.removeOldest(keeping: count, limit: Self.limit)
        }
    }
}
