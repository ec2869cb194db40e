import Clocks
import Records

/// A connection that changes a database, which others may change, too.
///
/// A group costs two ways to the server and back: look up under the lock, change and commit.
final class PostgreSQLRecordWriter: RecordWriter {
    let session: PostgreSQLSession
    private var responders = PostgreSQLNames(table: "responders")
    private var topics = PostgreSQLNames(table: "topics")

    init(url: String, timeout: Duration) throws(StoreError) {
        session = PostgreSQLSession(url: url, timeout: timeout, prepare: PostgreSQLSchema.migrate)
        try session.perform { _ throws(PostgreSQLFailure) in }
    }

    func store(_ group: [Response], at now: Timestamp) throws(StoreError) -> [Outcome] {
        guard !group.isEmpty else { return [] }
        let keyed = ResponseGroup(group)
        do throws(StoreError) {
            return try session.transaction { connection throws(PostgreSQLFailure) in
                try store(keyed, at: now, with: connection)
            }
        } catch {
            // Which database stands behind the URL after a failure, nobody knows.
            responders.forgetAll()
            topics.forgetAll()
            throw error
        }
    }

    func check() throws(StoreError) {
        try session.transaction { connection throws(PostgreSQLFailure) in
            let totals = try PostgreSQLTotals(try connection.run([.begin, PostgreSQLTotals.lock])[1])
            try connection.commit(after: [totals.update])
        }
    }

    private func store(
        _ group: ResponseGroup, at now: Timestamp, with connection: PostgreSQLConnection
    ) throws(PostgreSQLFailure) -> [Outcome] {
        var group = group
        let (numbers, before) = try lookUp(&group, with: connection)
        guard group.responses.allSatisfy({ numbers.responders[$0.responder] != nil }) else {
            throw PostgreSQLFailure(.corrupt("a responder is in its index and cannot be found"))
        }
        let last = group.makeRecords(after: before.lastRecord, responders: numbers.responders)
        let judgement = Judgement(group, responders: numbers.responders)
        let rows = GroupRows(group, judgement, topics: numbers.topics, before, lastRecord: last, at: now)
        try connection.commit(after: rows.commands)
        responders.keep(numbers.responders)
        topics.keep(numbers.topics)
        return judgement.outcomes
    }

    private typealias Numbers = (responders: [Label: Int64], topics: [Label: Int64])

    /// Begins the transaction, and gets what is known of the group under the lock.
    private func lookUp(
        _ group: inout ResponseGroup, with connection: PostgreSQLConnection
    ) throws(PostgreSQLFailure) -> (Numbers, PostgreSQLTotals) {
        var (known, unknown) = responders.sort(Set(group.responses.map(\.responder)))
        var (knownTopics, unknownTopics) = topics.sort(Set(group.entries.compactMap(\.first.topic)))
        let responderCommands = responders.commands(for: unknown)
        let topicCommands = topics.commands(for: unknownTopics)
        let find = PostgreSQLCommand(
            """
            SELECT k.place, r.id, r.responder, r.digest
            FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS k (message_id, key, place)
                JOIN headcast.records r ON r.message_id = k.message_id AND r.key = k.key
            """,
            PostgreSQLValue(group.entries.map { Optional($0.stateKey.messageID) }),
            PostgreSQLValue(group.entries.map { Optional($0.stateKey.key) }))
        let results = try connection.run(
            [.begin, PostgreSQLTotals.lock, find] + responderCommands + topicCommands)

        let found = results[2]
        for row in 0..<found.count {
            group.found(
                place: found.integer(row, 0), record: found.integer(row, 1), responder: found.integer(row, 2),
                digest: found.bytes(row, 3))
        }
        if !unknown.isEmpty { try Self.read(results[4], into: &known) }
        if !unknownTopics.isEmpty { try Self.read(results[results.count - 1], into: &knownTopics) }
        return ((known, knownTopics), try PostgreSQLTotals(results[1]))
    }

    private static func read(
        _ rows: PostgreSQLRows, into numbers: inout [Label: Int64]
    ) throws(PostgreSQLFailure) {
        for row in 0..<rows.count { numbers[try rows.label(row, 0)] = rows.integer(row, 1) }
    }
}
