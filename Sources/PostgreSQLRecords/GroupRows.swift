import Clocks
import Records

/// What a group writes: its rows as arrays, a statement for each table.
struct GroupRows {
    private let group: ResponseGroup
    private let judgement: Judgement
    private let newEntries: [ResponseGroup.Entry]
    private let topics: [Label: Int64]
    private let firstDivergence: Int64
    private let now: PostgreSQLValue

    init(
        _ group: ResponseGroup, _ judgement: Judgement, topics: [Label: Int64], lastDivergence: Int64, at now: Timestamp
    ) {
        self.group = group
        self.judgement = judgement
        self.topics = topics
        self.now = PostgreSQLValue(now.nanoseconds)
        newEntries = group.entries.filter(\.isNew)
        firstDivergence = lastDivergence + 1
    }

    var recordCount: Int64 { Int64(newEntries.count) }

    /// Of each table those that have rows; answers and divergences that are there already are left out.
    func insertions(responders: [Label: Int64]) -> [PostgreSQLCommand] {
        var commands: [PostgreSQLCommand] = []
        if !newEntries.isEmpty { commands.append(recordInsertion(responders)) }
        commands.append(
            PostgreSQLCommand(
                """
                INSERT INTO headcast.answers (record, responder, answered_at, retries)
                SELECT record, responder, $3::bigint, 0 FROM unnest($1::bigint[], $2::bigint[]) AS a (record, responder)
                ON CONFLICT DO NOTHING RETURNING record, responder
                """,
                PostgreSQLValue(judgement.agreeing.values.map { Optional($0.record) }),
                PostgreSQLValue(judgement.agreeing.values.map { Optional($0.responder) }), now))
        if !judgement.diverging.values.isEmpty { commands.append(divergenceInsertion) }
        return commands
    }

    private func recordInsertion(_ responders: [Label: Int64]) -> PostgreSQLCommand {
        PostgreSQLCommand(
            """
            INSERT INTO headcast.records
                (id, message_id, key, responder, topic, sequence, content_type, digest, payload, stored_at)
            SELECT r.*, $10::bigint FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[],
                $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[]) AS r
            """,
            PostgreSQLValue(newEntries.map { Optional($0.record) }),
            PostgreSQLValue(newEntries.map { Optional($0.stateKey.messageID) }),
            PostgreSQLValue(newEntries.map { Optional($0.stateKey.key) }),
            PostgreSQLValue(newEntries.map { responders[$0.first.responder] }),
            PostgreSQLValue(newEntries.map { $0.first.topic.flatMap { topics[$0] } }),
            PostgreSQLValue(newEntries.map { $0.first.sequence.map { Int64(bitPattern: $0) } }),
            PostgreSQLValue(newEntries.map(\.first.answer.contentType)),
            PostgreSQLValue(newEntries.map { Optional($0.digest) }),
            PostgreSQLValue(newEntries.map { Optional($0.first.answer.payload) }), now)
    }

    private var divergenceInsertion: PostgreSQLCommand {
        let values = judgement.diverging.values
        return PostgreSQLCommand(
            """
            INSERT INTO headcast.divergences
                (id, record, responder, digest, content_type, payload, noticed_at, retries)
            SELECT d.*, $7::bigint, 0 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[],
                $6::bytea[]) AS d
            ON CONFLICT (record, responder, digest) DO NOTHING RETURNING id
            """,
            PostgreSQLValue(values.indices.map { Optional(firstDivergence + Int64($0)) }),
            PostgreSQLValue(values.map { Optional($0.record) }),
            PostgreSQLValue(values.map { Optional($0.responder) }),
            PostgreSQLValue(values.map { Optional($0.digest) }),
            PostgreSQLValue(judgement.divergentAnswers.map(\.contentType)),
            PostgreSQLValue(judgement.divergentAnswers.map { Optional($0.payload) }), now)
    }

    struct Changes {
        var answers: Int64 = 0
        var divergences: Int64 = 0
        var retries: Int64 = 0
        var commands: [PostgreSQLCommand] = []
    }

    /// What is to be counted and changed, after the insertions gave `results`.
    func changes(inserted results: [PostgreSQLRows]) -> Changes {
        var changes = Changes()
        let hasDivergences = !judgement.diverging.values.isEmpty
        let answers = results[newEntries.isEmpty ? 0 : 1]
        changes.answers = Int64(answers.count)
        var retries = judgement.agreeing.counts
        for row in 0..<answers.count {
            let value = Judgement.Agreeing(record: answers.integer(row, 0), responder: answers.integer(row, 1))
            if let index = judgement.agreeing.index(of: value) { retries[index] -= 1 }
        }
        let repeated = retries.indices.filter { retries[$0] > 0 }
        changes.retries = retries.reduce(0, +)
        if !repeated.isEmpty { changes.commands.append(answerRetries(repeated, retries)) }
        guard hasDivergences, let divergences = results.last else { return changes }

        changes.divergences = Int64(divergences.count)
        retries = judgement.diverging.counts
        for row in 0..<divergences.count { retries[Int(divergences.integer(row, 0) - firstDivergence)] -= 1 }
        changes.retries += retries.reduce(0, +)
        let again = retries.indices.filter { retries[$0] > 0 }
        if !again.isEmpty { changes.commands.append(divergenceRetries(again, retries)) }
        return changes
    }

    private func answerRetries(_ indices: [Int], _ retries: [Int64]) -> PostgreSQLCommand {
        PostgreSQLCommand(
            """
            UPDATE headcast.answers a SET retries = a.retries + n.retries
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (record, responder, retries)
            WHERE a.record = n.record AND a.responder = n.responder
            """,
            PostgreSQLValue(indices.map { Optional(judgement.agreeing.values[$0].record) }),
            PostgreSQLValue(indices.map { Optional(judgement.agreeing.values[$0].responder) }),
            PostgreSQLValue(indices.map { Optional(retries[$0]) }))
    }

    private func divergenceRetries(_ indices: [Int], _ retries: [Int64]) -> PostgreSQLCommand {
        PostgreSQLCommand(
            """
            UPDATE headcast.divergences d SET retries = d.retries + n.retries
            FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bigint[])
                AS n (record, responder, digest, retries)
            WHERE d.record = n.record AND d.responder = n.responder AND d.digest = n.digest
            """,
            PostgreSQLValue(indices.map { Optional(judgement.diverging.values[$0].record) }),
            PostgreSQLValue(indices.map { Optional(judgement.diverging.values[$0].responder) }),
            PostgreSQLValue(indices.map { Optional(judgement.diverging.values[$0].digest) }),
            PostgreSQLValue(indices.map { Optional(retries[$0]) }))
    }
}
