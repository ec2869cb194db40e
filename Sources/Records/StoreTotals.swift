/// What a store holds, counted; what was removed is not in it.
///
/// Every response that was acknowledged is in exactly one of rows, duplicates, divergences and retries.
package struct StoreTotals: Hashable, Sendable {
    /// Records.
    package var rows: Int64
    /// Responders that gave the answer of a record, over all records.
    package var answers: Int64
    /// Answers that differ from the record's, once for each record, responder and answer.
    package var divergences: Int64
    /// Responses that the same responder had given before; sending at least once makes them.
    package var retries: Int64

    package init(rows: Int64 = 0, answers: Int64 = 0, divergences: Int64 = 0, retries: Int64 = 0) {
        self.rows = rows
        self.answers = answers
        self.divergences = divergences
        self.retries = retries
    }

    /// Answers beyond the first of each record.
    package var duplicates: Int64 { answers - rows }
}
