import Clocks
import Records

/// The one connection that changes a database file.
final class SQLiteRecordWriter: RecordWriter {
    /// What is kept of records in memory, so that the third and later answers to one need not look it up.
    private static let maximumRecentBytes = 32 << 20
    private static let maximumRecentNames = 32_768

    struct Known {
        let id: Int64
        /// Who gave it first.
        let responder: Int64
        let answer: Answer
    }

    let connection: SQLiteConnection
    let statements: WriterStatements
    private let lock: FileLock

    var totals: SQLiteTotals
    private var known = RecentlyUsed<StateKey, Known>(limit: maximumRecentBytes)
    private var responders = RecentlyUsed<Label, Int64>(limit: maximumRecentNames)
    private var topics = RecentlyUsed<Label, Int64>(limit: maximumRecentNames)

    init(path: String) throws(StoreError) {
        lock = try FileLock(besides: path)
        connection = try SQLiteConnection(path: path, .makingIt)
        guard !connection.isReadOnly else { throw .readOnly("\(path): the file takes no changes") }
        try Self.prepare(connection)
        statements = try WriterStatements(connection)
        totals = try SQLiteTotals(statements.readTotals)
    }

    func store(_ group: [Response], at now: Timestamp) throws(StoreError) -> [Outcome] {
        guard !group.isEmpty else { return [] }
        return try change { () throws(StoreError) in
            var outcomes: [Outcome] = []
            outcomes.reserveCapacity(group.count)
            for response in group { outcomes.append(try store(response, at: now)) }
            return outcomes
        }
    }

    func check() throws(StoreError) {
        // The totals are written all the same.
        try change { () throws(StoreError) in }
    }

    /// Does `body` and writes the totals in one transaction; after an error nothing that was learnt in it is believed.
    func change<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try connection.checkPlace()
        let before = totals
        do throws(StoreError) {
            return try connection.transaction { () throws(StoreError) in
                let result = try body()
                try totals.write(with: statements.writeTotals)
                return result
            }
        } catch {
            totals = before
            forgetRecent()
            throw error
        }
    }

    func forgetRecent() {
        known.forgetAll()
        responders.forgetAll()
        topics.forgetAll()
    }

    // MARK: One response

    private func store(_ response: Response, at now: Timestamp) throws(StoreError) -> Outcome {
        let responder = try number(of: response.responder, &responders, statements.responder)
        guard let record = try existing(response, responder: responder, at: now) else { return .stored }
        guard record.answer == response.answer else {
            return .diverged(digest: try diverge(responder, from: record.id, response.answer, at: now))
        }
        try agree(responder, on: record, at: now)
        return .repeated
    }

    /// The record that `response` is about; nil if there was none, and it has become that.
    private func existing(
        _ response: Response, responder: Int64, at now: Timestamp
    ) throws(StoreError) -> Known? {
        if let record = known.find(response.stateKey) { return record }
        let topic: Int64? =
            if let topic = response.topic { try number(of: topic, &topics, statements.topic) } else { nil }
        let id = totals.lastRecord + 1
        if try statements.insertRecord(response, id: id, responder: responder, topic: topic, at: now) {
            totals.lastRecord = id
            totals.counts.rows += 1
            totals.counts.answers += 1
            return nil
        }
        guard let record = try statements.find(response.stateKey) else {
            throw .corrupt("\(connection.path): a record is in its index and cannot be found")
        }
        // Not when it is made: most that nobody answers again would drive out those that many answer.
        known.keep(record, for: response.stateKey, cost: record.answer.sizeBytes + 512)
        return record
    }

    private func agree(_ responder: Int64, on record: Known, at now: Timestamp) throws(StoreError) {
        if responder == record.responder {
            try statements.repeatRecord(record.id)
            totals.counts.retries += 1
        } else if try statements.insertAnswer(record: record.id, responder: responder, at: now) {
            totals.counts.answers += 1
        } else {
            totals.counts.retries += 1
        }
    }

    /// Gives the digest of `answer`.
    private func diverge(
        _ responder: Int64, from record: Int64, _ answer: Answer, at now: Timestamp
    ) throws(StoreError) -> [UInt8] {
        let id = totals.lastDivergence + 1
        let digest = answer.digest
        if try statements.insertDivergence(id: id, record: record, responder: responder, answer, digest, at: now) {
            totals.lastDivergence = id
            totals.counts.divergences += 1
        } else {
            totals.counts.retries += 1
        }
        return digest
    }

    /// The number that stands for `name`, given to it now if it has none.
    private func number(
        of name: Label, _ recent: inout RecentlyUsed<Label, Int64>, _ statements: NameStatements
    ) throws(StoreError) -> Int64 {
        if let number = recent.find(name) { return number }
        let number = try statements.number(of: name)
        recent.keep(number, for: name)
        return number
    }
}
