import Clocks
import Records

/// What a group writes: its rows as arrays, a statement for each table.
struct GroupRows {
    private let judgement: Judgement
    private let newEntries: [ResponseGroup.Entry]
    private let topics: [Label: Int64]
    private let before: PostgreSQLTotals
    private let lastRecord: Int64
    private let now: PostgreSQLValue

    init(
        _ group: ResponseGroup, _ judgement: Judgement, topics: [Label: Int64], _ before: PostgreSQLTotals,
        lastRecord: Int64, at now: Timestamp
    ) {
        self.judgement = judgement
        self.topics = topics
        self.before = before
        self.lastRecord = lastRecord
        self.now = PostgreSQLValue(now.nanoseconds)
        newEntries = group.entries.filter(\.isNew)
    }

    /// Of each table those that have rows.
    var commands: [PostgreSQLCommand] {
        var commands = [totals.update]
        if !newEntries.isEmpty { commands.append(recordInsertion) }
        if !judgement.repeating.values.isEmpty { commands.append(recordRetries) }
        if !judgement.agreeing.values.isEmpty { commands.append(answerInsertion) }
        if !judgement.diverging.values.isEmpty { commands.append(divergenceInsertion) }
        return commands
    }

    /// As if all answers and divergences were there already; what inserts them counts those that were not.
    private var totals: PostgreSQLTotals {
        var totals = before
        totals.counts.rows += Int64(newEntries.count)
        totals.counts.answers += Int64(newEntries.count)
        totals.counts.retries += judgement.repeating.total + judgement.agreeing.total + judgement.diverging.total
        totals.lastRecord = lastRecord
        totals.lastDivergence += Int64(judgement.diverging.values.count)
        return totals
    }

    private var recordInsertion: PostgreSQLCommand {
        PostgreSQLCommand(
            """
            INSERT INTO headcast.records
                (id, message_id, key, responder, topic, sequence, content_type, digest, payload, stored_at, retries)
            SELECT r.*, $10::bigint, 0 FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[],
                $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[]) AS r
            """,
            PostgreSQLValue(newEntries.map { Optional($0.record) }),
            PostgreSQLValue(newEntries.map { Optional($0.stateKey.messageID) }),
            PostgreSQLValue(newEntries.map { Optional($0.stateKey.key) }),
            PostgreSQLValue(newEntries.map { Optional($0.responder) }),
            PostgreSQLValue(newEntries.map { $0.first.topic.flatMap { topics[$0] } }),
            PostgreSQLValue(newEntries.map { $0.first.sequence.map { Int64(bitPattern: $0) } }),
            PostgreSQLValue(newEntries.map(\.first.answer.contentType)),
            PostgreSQLValue(newEntries.map { Optional($0.digest) }),
            PostgreSQLValue(newEntries.map { Optional($0.first.answer.payload) }), now)
    }

    private var recordRetries: PostgreSQLCommand {
        PostgreSQLCommand(
            """
            UPDATE headcast.records r SET retries = r.retries + n.retries
            FROM unnest($1::bigint[], $2::bigint[]) AS n (record, retries) WHERE r.id = n.record
            """,
            PostgreSQLValue(judgement.repeating.values.map { Optional($0) }),
            PostgreSQLValue(judgement.repeating.counts.map { Optional($0) }))
    }

    private var answerInsertion: PostgreSQLCommand {
        let values = judgement.agreeing.values
        return Self.insertion(
            """
            INSERT INTO headcast.answers AS a (record, responder, retries, answered_at)
            SELECT n.*, $4::bigint FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n
            ON CONFLICT (record, responder)
            """, counting: "answers",
            [
                PostgreSQLValue(values.map { Optional($0.record) }),
                PostgreSQLValue(values.map { Optional($0.responder) }),
                PostgreSQLValue(judgement.agreeing.counts.map { Optional($0 - 1) }), now,
            ])
    }

    private var divergenceInsertion: PostgreSQLCommand {
        let values = judgement.diverging.values
        return Self.insertion(
            """
            INSERT INTO headcast.divergences AS a
                (id, record, responder, digest, content_type, payload, retries, noticed_at)
            SELECT n.*, $8::bigint FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[],
                $6::bytea[], $7::bigint[]) AS n
            ON CONFLICT (record, responder, digest)
            """, counting: "divergences",
            [
                PostgreSQLValue(values.indices.map { Optional(before.lastDivergence + 1 + Int64($0)) }),
                PostgreSQLValue(values.map { Optional($0.record) }),
                PostgreSQLValue(values.map { Optional($0.responder) }),
                PostgreSQLValue(values.map { Optional($0.digest) }),
                PostgreSQLValue(judgement.divergentAnswers.map(\.contentType)),
                PostgreSQLValue(judgement.divergentAnswers.map { Optional($0.payload) }),
                PostgreSQLValue(judgement.diverging.counts.map { Optional($0 - 1) }), now,
            ])
    }

    /// Adds rows `a`, or the retries of those that are there, and moves the new ones from the retries to their own total.
    private static func insertion(
        _ insertion: String, counting total: String, _ parameters: [PostgreSQLValue]
    ) -> PostgreSQLCommand {
        // A row that was there was locked by this transaction, and so has an xmax.
        let sql = """
            WITH added AS (
                \(insertion) DO UPDATE SET retries = a.retries + excluded.retries + 1 RETURNING xmax = 0 AS is_new
            )
            UPDATE headcast.totals t SET \(total) = t.\(total) + n.count, retries = t.retries - n.count
            FROM (SELECT count(*) FILTER (WHERE is_new) AS count FROM added) AS n
            """
        return PostgreSQLCommand(sql, parameters)
    }
}
