import Clocks
import Records

/// The side that changes a database file.
///
/// Once the file was moved or deleted, nothing more is written to it, and the one that is at its path is opened or made.
final class SQLiteRecordWriter: RecordWriter {
    private let path: String
    private let inUse: FileInUse
    private var session: SQLiteWriterSession?

    init(path: String, _ inUse: FileInUse) throws(StoreError) {
        self.path = path
        self.inUse = inUse
        _ = try current
    }

    func store(_ group: [Response], at now: Timestamp) throws(StoreError) -> [Outcome] {
        try current.store(group, at: now)
    }

    func check() throws(StoreError) {
        try current.check()
    }

    func removeRecords(storedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int {
        try current.removeRecords(storedBefore: time, limit: limit)
    }

    func removeOldest(keeping count: Int64, limit: Int) throws(StoreError) -> Int {
        try current.removeOldest(keeping: count, limit: limit)
    }

    /// The session with the file at the path; that another one moved away is an error once, so that somebody hears of it.
    private var current: SQLiteWriterSession {
        get throws(StoreError) {
            if let session {
                guard session.connection.hasMoved else { return session }
                inUse.leave()
                try session.leave()
                self.session = nil
                throw .unavailable(
                    "\(path): was moved or deleted while in use; what is at its path is used from now on")
            }
            let opened = try SQLiteWriterSession(path: path)
            inUse.enter(path)
            session = opened
            return opened
        }
    }
}
