import Clocks
import Records

/// Records are removed from the oldest on, so all that goes has a smaller id than all that stays.
extension PostgreSQLRecordWriter {
    func removeRecords(storedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int {
        try remove { _ in
            limit
        } where: {
            $0 < time
        }
    }

    func removeOldest(keeping count: Int64, limit: Int) throws(StoreError) -> Int {
        try remove {
            Int(min(Int64(limit), $0.rows - max(0, count)))
        } where: { _ in
            true
        }
    }

    private func remove(
        limit: (StoreTotals) -> Int, where isOld: (Timestamp) -> Bool
    ) throws(StoreError) -> Int {
        try session.transaction { connection throws(PostgreSQLFailure) in
            var totals = try PostgreSQLTotals(try connection.run([.begin, PostgreSQLTotals.lock])[1])
            let oldest = try connection.run([
                PostgreSQLCommand(
                    "SELECT id, stored_at FROM headcast.records ORDER BY id LIMIT $1::bigint",
                    .init(Int64(max(0, limit(totals.counts)))))
            ])[0]
            let count = (0..<oldest.count).prefix { isOld(oldest.timestamp($0, 1)) }.count
            guard count > 0 else {
                try connection.run([.rollback])
                return 0
            }
            let removed = try connection.run(Self.removals(through: oldest.integer(count - 1, 0)))
            totals.counts.rows -= Int64(count)
            totals.counts.answers -= Int64(count) + removed[0].integer(0, 0)
            totals.counts.divergences -= removed[1].integer(0, 0)
            totals.counts.retries -= removed.reduce(0) { $0 + $1.integer(0, 1) }
            try connection.commit(after: [totals.update])
            return count
        }
    }

    private static func removals(through last: Int64) -> [PostgreSQLCommand] {
        [("answers", "record"), ("divergences", "record"), ("records", "id")].map { table, column in
            PostgreSQLCommand(
                """
                WITH gone AS (DELETE FROM headcast.\(table) WHERE \(column) <= $1::bigint RETURNING retries)
                SELECT count(*), coalesce(sum(retries), 0)::bigint FROM gone
                """,
                .init(last))
        }
    }
}
