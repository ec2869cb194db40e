import Clocks
import Records

/// Records are removed from the oldest on, so all that goes has a smaller id than all that stays.
extension SQLiteRecordWriter {
    func removeRecords(storedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int {
        try remove(limit: limit) { $0 < time }
    }

    func removeOldest(keeping count: Int64, limit: Int) throws(StoreError) -> Int {
        let excess = totals.counts.rows - max(0, count)
        guard excess > 0 else { return 0 }
        return try remove(limit: min(limit, Int(excess))) { _ in true }
    }

    private func remove(limit: Int, where isOld: (Timestamp) -> Bool) throws(StoreError) -> Int {
        let (count, last) = try oldest(limit: limit, where: isOld)
        guard count > 0 else { return 0 }
        return try change { () throws(StoreError) in
            totals.counts.rows -= Int64(count)
            totals.counts.answers -= Int64(count) + (try take("answers WHERE record <= \(last)"))
            totals.counts.divergences -= try take("divergences WHERE record <= \(last)")
            _ = try take("records WHERE id <= \(last)")
            try connection.execute(
                """
                DELETE FROM answers WHERE record <= \(last);
                DELETE FROM divergences WHERE record <= \(last);
                DELETE FROM records WHERE id <= \(last);
                """)
            forgetRecent()
            return count
        }
    }

    /// Takes the retries of `rows` out of the totals; gives how many rows these are.
    private func take(_ rows: String) throws(StoreError) -> Int64 {
        let sums = try SQLiteStatement("SELECT count(*), coalesce(sum(retries), 0) FROM \(rows)", on: connection)
        guard try sums.step() else { return 0 }
        totals.counts.retries -= sums.integer(1)
        return sums.integer(0)
    }

    /// How many of the first `limit` records in a row are old, and the id of the last of them.
    private func oldest(
        limit: Int, where isOld: (Timestamp) -> Bool
    ) throws(StoreError) -> (count: Int, last: Int64) {
        let statement = try SQLiteStatement("SELECT id, stored_at FROM records ORDER BY id LIMIT ?", on: connection)
        statement.bind(Int64(max(0, limit)), at: 1)
        var (count, last) = (0, Int64(0))
        while try statement.step(), isOld(statement.timestamp(1)) {
            count += 1
            last = statement.integer(0)
        }
        return (count, last)
    }
}
