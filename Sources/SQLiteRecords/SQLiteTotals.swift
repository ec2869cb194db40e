import Records

/// The one row of totals, and the last numbers given, which are never given again.
struct SQLiteTotals {
    var counts: StoreTotals
    var lastRecord: Int64
    var lastDivergence: Int64

    static let selection = "SELECT rows, answers, divergences, retries, last_record, last_divergence FROM totals"

    init(_ statement: SQLiteStatement) throws(StoreError) {
        defer { statement.reset() }
        let isThere = try statement.step()
        counts = StoreTotals(
            rows: isThere ? statement.integer(0) : 0, answers: statement.integer(1),
            divergences: statement.integer(2), retries: statement.integer(3))
        lastRecord = statement.integer(4)
        lastDivergence = statement.integer(5)
    }

    func write(with statement: SQLiteStatement) throws(StoreError) {
        let values = [
            counts.rows, counts.answers, counts.divergences, counts.retries, lastRecord, lastDivergence,
        ]
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        try statement.run()
    }
}
