import Clocks
import Records

/// The prepared statements of a writer.
final class WriterStatements {
    let responder: NameStatements
    let topic: NameStatements
    let readTotals: SQLiteStatement
    let writeTotals: SQLiteStatement

    private let connection: SQLiteConnection
    private let insertRecord: SQLiteStatement
    private let findRecord: SQLiteStatement
    private let repeatRecord: SQLiteStatement
    private let insertAnswer: SQLiteStatement
    private let repeatAnswer: SQLiteStatement
    private let insertDivergence: SQLiteStatement
    private let repeatDivergence: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(StoreError) {
        func prepare(_ sql: String) throws(StoreError) -> SQLiteStatement {
            try SQLiteStatement(sql, on: connection)
        }
        self.connection = connection
        responder = try NameStatements(table: "responders", connection)
        topic = try NameStatements(table: "topics", connection)
        readTotals = try prepare(SQLiteTotals.selection)
        writeTotals = try prepare(
            """
            UPDATE totals SET rows = ?, answers = ?, divergences = ?, retries = ?, last_record = ?, last_divergence = ?
            """)
        insertRecord = try prepare(
            """
            INSERT OR IGNORE INTO records
                (id, message_id, key, responder, stored_at, retries, topic, sequence, content_type, payload)
            VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?)
            """)
        findRecord = try prepare(
            "SELECT id, responder, payload, content_type FROM records WHERE message_id = ? AND key = ?")
        repeatRecord = try prepare("UPDATE records SET retries = retries + 1 WHERE id = ?")
        insertAnswer = try prepare("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, 0)")
        repeatAnswer = try prepare("UPDATE answers SET retries = retries + 1 WHERE record = ? AND responder = ?")
        insertDivergence = try prepare(
            """
            INSERT OR IGNORE INTO divergences
                (id, record, responder, digest, noticed_at, retries, content_type, payload)
            VALUES (?, ?, ?, ?, ?, 0, ?, ?)
            """)
        repeatDivergence = try prepare(
            "UPDATE divergences SET retries = retries + 1 WHERE record = ? AND responder = ? AND digest = ?")
    }

    /// False if there is a record of the same state key, which stays as it is.
    func insertRecord(
        _ response: Response, id: Int64, responder: Int64, topic: Int64?, at now: Timestamp
    ) throws(StoreError) -> Bool {
        insertRecord.bind(id, at: 1)
        insertRecord.bind(response.stateKey.messageID, at: 2)
        insertRecord.bind(response.stateKey.key, at: 3)
        insertRecord.bind(responder, at: 4)
        insertRecord.bind(now.nanoseconds, at: 5)
        insertRecord.bind(topic, at: 6)
        insertRecord.bind(response.sequence.map { Int64(bitPattern: $0) }, at: 7)
        insertRecord.bind(response.answer.contentType, at: 8)
        insertRecord.bind(response.answer.payload, at: 9)
        try insertRecord.run()
        return connection.changes == 1
    }

    func find(_ stateKey: StateKey) throws(StoreError) -> SQLiteRecordWriter.Known? {
        defer { findRecord.reset() }
        findRecord.bind(stateKey.messageID, at: 1)
        findRecord.bind(stateKey.key, at: 2)
        guard try findRecord.step() else { return nil }
        return SQLiteRecordWriter.Known(
            id: findRecord.integer(0), responder: findRecord.integer(1),
            answer: try findRecord.answer(payload: 2, contentType: 3))
    }

    /// Counts that the record's own responder said so again.
    func repeatRecord(_ id: Int64) throws(StoreError) {
        repeatRecord.bind(id, at: 1)
        try repeatRecord.run()
    }

    /// False if the responder had given the answer before, which is counted.
    func insertAnswer(record: Int64, responder: Int64, at now: Timestamp) throws(StoreError) -> Bool {
        insertAnswer.bind(record, at: 1)
        insertAnswer.bind(responder, at: 2)
        insertAnswer.bind(now.nanoseconds, at: 3)
        try insertAnswer.run()
        guard connection.changes == 0 else { return true }
        repeatAnswer.bind(record, at: 1)
        repeatAnswer.bind(responder, at: 2)
        try repeatAnswer.run()
        return false
    }

    /// False if the responder had given the answer before, which is counted.
    func insertDivergence(
        id: Int64, record: Int64, responder: Int64, _ answer: Answer, _ digest: [UInt8], at now: Timestamp
    ) throws(StoreError) -> Bool {
        insertDivergence.bind(id, at: 1)
        insertDivergence.bind(record, at: 2)
        insertDivergence.bind(responder, at: 3)
        insertDivergence.bind(digest, at: 4)
        insertDivergence.bind(now.nanoseconds, at: 5)
        insertDivergence.bind(answer.contentType, at: 6)
        insertDivergence.bind(answer.payload, at: 7)
        try insertDivergence.run()
        guard connection.changes == 0 else { return true }
        repeatDivergence.bind(record, at: 1)
        repeatDivergence.bind(responder, at: 2)
        repeatDivergence.bind(digest, at: 3)
        try repeatDivergence.run()
        return false
    }
}
