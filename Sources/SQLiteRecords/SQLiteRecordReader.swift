import Clocks
import Records

/// A connection that only looks into a database file. Each list is one statement, so a page sees one state of the whole.
final class SQLiteRecordReader: RecordReader {
    private let connection: SQLiteConnection
    private let firstAnswer: SQLiteStatement
    private let recordsOfMessage: SQLiteStatement
    private let recordsOfTopic: SQLiteStatement
    private let allRecords: SQLiteStatement
    private let divergencesOfMessage: SQLiteStatement
    private let allDivergences: SQLiteStatement
    private let respondersOfMessage: SQLiteStatement
    private let readTotals: SQLiteStatement

    init(path: String) throws(StoreError) {
        let connection = try SQLiteConnection(path: path, .existing)
        _ = try SQLiteSchema.check(connection, mayBeNew: false)
        try connection.execute("PRAGMA query_only = TRUE")
        func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
            try SQLiteStatement(sql, on: connection)
        }
        self.connection = connection
        firstAnswer = try prepare(SQLiteQueries.firstAnswer)
        recordsOfMessage = try prepare(SQLiteQueries.recordsOfMessage)
        recordsOfTopic = try prepare(SQLiteQueries.recordsOfTopic)
        allRecords = try prepare(SQLiteQueries.allRecords)
        divergencesOfMessage = try prepare(SQLiteQueries.divergencesOfMessage)
        allDivergences = try prepare(SQLiteQueries.allDivergences)
        respondersOfMessage = try prepare(SQLiteQueries.respondersOfMessage)
        readTotals = try prepare(SQLiteTotals.selection)
    }

    /// Has one payload in memory at a time, and takes the digest of each once.
    func firstAnswers(to stateKeys: [StateKey]) throws(StoreError) -> [FirstAnswer?] {
        var known: [StateKey: FirstAnswer?] = [:]
        var found: [FirstAnswer?] = []
        for key in stateKeys {
            let first = if let first = known[key] { first } else { try firstAnswer(to: key) }
            known[key] = .some(first)
            found.append(first)
        }
        return found
    }

    private func firstAnswer(to stateKey: StateKey) throws(StoreError) -> FirstAnswer? {
        let statement = firstAnswer
        defer { statement.reset() }
        statement.bind(stateKey.messageID, at: 1)
        statement.bind(stateKey.key, at: 2)
        guard try statement.step() else { return nil }
        return FirstAnswer(
            responder: try statement.label(0), answers: Int(statement.integer(1)), storedAt: statement.timestamp(2),
            digest: try statement.answer(payload: 3, contentType: 4).digest)
    }

    func records(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        recordsOfMessage.bind(messageID, at: 3)
        return try records(recordsOfMessage, page)
    }

    func records(in topic: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        guard let topic else { return try records(allRecords, page) }
        recordsOfTopic.bind(topic, at: 3)
        return try records(recordsOfTopic, page)
    }

    func divergences(of messageID: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Divergence> {
        guard let messageID else { return try divergences(allDivergences, page) }
        divergencesOfMessage.bind(messageID, at: 3)
        return try divergences(divergencesOfMessage, page)
    }

    func responders(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Agreement> {
        let statement = respondersOfMessage
        statement.bind(messageID, at: 3)
        statement.bind(page.after?.part ?? 0, at: 4)
        return try self.page(statement, page) { () throws(StoreError) in
            Agreement(
                position: Cursor(statement.integer(0), part: statement.integer(1)), key: try statement.label(2),
                responder: try statement.label(3), answeredAt: statement.timestamp(4),
                retries: Int(statement.integer(5)))
        }
    }

    func totals() throws(StoreError) -> StoreTotals {
        try connection.checkPlace()
        return try SQLiteTotals(readTotals).counts
    }

    private func records(_ statement: SQLiteStatement, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        try self.page(statement, page) { () throws(StoreError) in
            Record(
                position: Cursor(statement.integer(0)),
                stateKey: StateKey(messageID: try statement.label(1), key: try statement.label(2)),
                responder: try statement.label(3), answer: try statement.answer(payload: 4, contentType: 5),
                answers: Int(statement.integer(6)), storedAt: statement.timestamp(7),
                topic: try statement.optionalLabel(8),
                sequence: statement.isNull(9) ? nil : UInt64(bitPattern: statement.integer(9)))
        }
    }

    private func divergences(
        _ statement: SQLiteStatement, _ page: PageRequest
    ) throws(StoreError) -> ResultPage<Divergence> {
        try self.page(statement, page) { () throws(StoreError) in
            Divergence(
                position: Cursor(statement.integer(0)),
                stateKey: StateKey(messageID: try statement.label(1), key: try statement.label(2)),
                responder: try statement.label(3), answer: try statement.answer(payload: 4, contentType: 5),
                noticedAt: statement.timestamp(6), retries: Int(statement.integer(7)),
                topic: try statement.optionalLabel(8), firstResponder: try statement.label(9))
        }
    }

    /// Binds the parameters that all lists begin with, and reads what they give.
    private func page<Item: ListItem>(
        _ statement: SQLiteStatement, _ page: PageRequest, _ item: () throws(StoreError) -> Item
    ) throws(StoreError) -> ResultPage<Item> {
        try connection.checkPlace()
        defer { statement.reset() }
        statement.bind(page.after?.item ?? 0, at: 1)
        statement.bind(Int64(page.limit) + 1, at: 2)
        return try ResultPage(page) { () throws(StoreError) in try statement.step() ? try item() : nil }
    }
}
