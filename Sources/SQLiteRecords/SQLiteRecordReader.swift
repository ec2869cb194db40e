import Records

/// The side that looks into a database file; should that be moved or deleted, into the one that the writer opens then.
final class SQLiteRecordReader: RecordReader {
    private let path: String
    private let inUse: FileInUse
    private var session: SQLiteReaderSession?

    init(path: String, _ inUse: FileInUse) throws(StoreError) {
        self.path = path
        self.inUse = inUse
        _ = try current
    }

    func firstAnswers(to stateKeys: [StateKey]) throws(StoreError) -> [FirstAnswer?] {
        try current.firstAnswers(to: stateKeys)
    }

    func records(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        try current.records(of: messageID, page)
    }

    func records(in topic: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Record> {
        try current.records(in: topic, page)
    }

    func divergences(of messageID: Label?, _ page: PageRequest) throws(StoreError) -> ResultPage<Divergence> {
        try current.divergences(of: messageID, page)
    }

    func responders(of messageID: Label, _ page: PageRequest) throws(StoreError) -> ResultPage<Agreement> {
        try current.responders(of: messageID, page)
    }

    func totals() throws(StoreError) -> StoreTotals {
        try current.totals()
    }

    private var current: SQLiteReaderSession {
        get throws(StoreError) {
            if let session, !session.connection.hasMoved { return session }
            session = nil
            guard inUse.isAt(path) else { throw .unavailable("\(path): was moved or deleted while in use") }
            let opened = try SQLiteReaderSession(path: path)
            session = opened
            return opened
        }
    }
}
