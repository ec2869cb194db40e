import Records

/// The one row of totals. Who writes holds its lock until the commit.
///
/// So writers take turns, and records are numbered in the order in which they are committed: no page of a list can miss
/// one with a smaller number that becomes visible later. Nor can two writers ever wait for each other in a circle.
struct PostgreSQLTotals {
    var counts: StoreTotals
    var lastRecord: Int64
    var lastDivergence: Int64

    static let lock = PostgreSQLCommand("\(selection) FOR UPDATE")
    static let read = PostgreSQLCommand(selection)

    private static let selection = """
        SELECT rows, answers, divergences, retries, last_record, last_divergence FROM headcast.totals
        """

    init(_ rows: PostgreSQLRows) throws(PostgreSQLFailure) {
        guard rows.count == 1 else { throw PostgreSQLFailure(.corrupt("the database has no row of totals")) }
        counts = StoreTotals(
            rows: rows.integer(0, 0), answers: rows.integer(0, 1), divergences: rows.integer(0, 2),
            retries: rows.integer(0, 3))
        lastRecord = rows.integer(0, 4)
        lastDivergence = rows.integer(0, 5)
    }

    var update: PostgreSQLCommand {
        PostgreSQLCommand(
            """
            UPDATE headcast.totals SET rows = $1::bigint, answers = $2::bigint, divergences = $3::bigint,
                retries = $4::bigint, last_record = $5::bigint, last_divergence = $6::bigint
            """,
            .init(counts.rows), .init(counts.answers), .init(counts.divergences), .init(counts.retries),
            .init(lastRecord), .init(lastDivergence))
    }
}
