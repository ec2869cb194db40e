import Clocks
import Records

/// A connection that only looks into a database. Each call is one statement, so it sees one state of the whole.
final class PostgreSQLRecordReader: RecordReader {
    private let session: PostgreSQLSession

    init(url: String, timeout: Duration) throws(StoreError) {
        session = PostgreSQLSession(url: url, timeout: timeout) { connection throws(PostgreSQLFailure) in
            try PostgreSQLSchema.check(connection)
            try connection.run([PostgreSQLCommand("SELECT set_config('default_transaction_read_only', 'on', false)")])
        }
        try session.perform { _ throws(PostgreSQLFailure) in }
    }

    func firstAnswers(to stateKeys: [StateKey]) throws(StoreError) -> [FirstAnswer?] {
        let command = PostgreSQLCommand(
            PostgreSQLQueries.firstAnswers, .init(stateKeys.map { Optional($0.messageID) }),
            .init(stateKeys.map { Optional($0.key) }))
        return try session.perform { connection throws(PostgreSQLFailure) in
            let rows = try connection.run([command])[0]
            var found = [FirstAnswer?](repeating: nil, count: stateKeys.count)
            for row in 0..<rows.count {
                found[Int(rows.integer(row, 0)) - 1] = FirstAnswer(
                    responder: try rows.label(row, 1), answers: Int(rows.integer(row, 2)),
                    storedAt: rows.timestamp(row, 3), digest: rows.bytes(row, 4))
            }
            return found
        }
    }

    func records(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        try self.page(PostgreSQLQueries.recordsOfMessage, page, .init(messageID), item: Self.record)
    }

    func records(in topic: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        guard let topic else { return try self.page(PostgreSQLQueries.allRecords, page, item: Self.record) }
        return try self.page(PostgreSQLQueries.recordsOfTopic, page, .init(topic), item: Self.record)
    }

    func divergences(of messageID: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Divergence> {
        guard let messageID else { return try self.page(PostgreSQLQueries.allDivergences, page, item: Self.divergence) }
        return try self.page(PostgreSQLQueries.divergencesOfMessage, page, .init(messageID), item: Self.divergence)
    }

    func responders(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Agreement> {
        try self.page(
            PostgreSQLQueries.respondersOfMessage, page, .init(messageID), .init(page.after?.part ?? 0),
            item: Self.agreement)
    }

    func totals() throws(StoreError) -> StoreTotals {
        try session.perform { connection throws(PostgreSQLFailure) in
            try PostgreSQLTotals(try connection.run([PostgreSQLTotals.read])[0]).counts
        }
    }

    /// Asks `sql` with the parameters that all lists begin with and `more`, and reads what it gives by `item`.
    private func page<Item: ListItem>(
        _ sql: String, _ page: PageRequest, _ more: PostgreSQLValue...,
        item: (PostgreSQLRows, Int) throws(PostgreSQLFailure) -> Item
    ) throws(StoreError) -> ResultPage<Item> {
        let parameters = [
            PostgreSQLValue(page.after?.item ?? 0), PostgreSQLValue(Int64(page.limit) + 1),
            PostgreSQLValue(Int64(page.maximumBytes)),
        ]
        let rows = try session.perform { connection throws(PostgreSQLFailure) in
            try connection.run([PostgreSQLCommand(sql, parameters + more)])[0]
        }
        var row = 0
        return try ResultPage(page) { () throws(StoreError) in
            guard row < rows.count else { return nil }
            defer { row += 1 }
            do throws(PostgreSQLFailure) {
                return try item(rows, row)
            } catch {
                throw error.error
            }
        }
    }

    private static func record(_ rows: PostgreSQLRows, _ row: Int) throws(PostgreSQLFailure) -> Record {
        Record(
            position: Cursor(rows.integer(row, 0)),
            stateKey: StateKey(messageID: try rows.label(row, 1), key: try rows.label(row, 2)),
            responder: try rows.label(row, 3),
            answer: Answer(payload: rows.bytes(row, 4), contentType: try rows.optionalLabel(row, 5)),
            answers: Int(rows.integer(row, 6)), storedAt: rows.timestamp(row, 7),
            topic: try rows.optionalLabel(row, 8),
            sequence: rows.isNull(row, 9) ? nil : UInt64(bitPattern: rows.integer(row, 9)))
    }

    private static func divergence(_ rows: PostgreSQLRows, _ row: Int) throws(PostgreSQLFailure) -> Divergence {
        Divergence(
            position: Cursor(rows.integer(row, 0)),
            stateKey: StateKey(messageID: try rows.label(row, 1), key: try rows.label(row, 2)),
            responder: try rows.label(row, 3),
            answer: Answer(payload: rows.bytes(row, 4), contentType: try rows.optionalLabel(row, 5)),
            noticedAt: rows.timestamp(row, 6), retries: Int(rows.integer(row, 7)),
            topic: try rows.optionalLabel(row, 8), firstResponder: try rows.label(row, 9))
    }

    private static func agreement(_ rows: PostgreSQLRows, _ row: Int) throws(PostgreSQLFailure) -> Agreement {
        Agreement(
            position: Cursor(rows.integer(row, 0), part: rows.integer(row, 1)), key: try rows.label(row, 2),
            responder: try rows.label(row, 3), answeredAt: rows.timestamp(row, 4),
            retries: Int(rows.integer(row, 5)))
    }
}
