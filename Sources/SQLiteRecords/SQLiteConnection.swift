import CSQLite
import ErrorNumbers
import Glibc
import Records

/// An open database of SQLite. For one thread.
final class SQLiteConnection {
    enum Access {
        case makingIt
        case existing
    }

    /// How long to wait for another connection's lock; only a checkpoint or another program can hold one.
    private static let busyMilliseconds: Int32 = 5_000

    let path: String
    let handle: OpaquePointer

    /// Nobody asks SQLite how much memory it has, and to count that takes a lock for every piece.
    private static let isSetUp: Void = { _ = headcast_sqlite_count_memory(0) }()

    init(path: String, _ access: Access) throws(StoreError) {
        Self.isSetUp
        self.path = path
        var flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        if case .makingIt = access { flags |= SQLITE_OPEN_CREATE }
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }
            // A reader may come before the writer has made the file.
            throw Self.failure(code, handle, path, isMaking: access == .makingIt)
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, Self.busyMilliseconds)
    }

    deinit {
        // By its old name it would remove what belongs to another file by now, or is still to be moved.
        if (try? hasMoved) != false { headcast_sqlite_keep_log(handle) }
        sqlite3_close_v2(handle)
    }

    /// Runs statements that give no rows of interest.
    func execute(_ sql: String) throws(StoreError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// The first column of the first row that `sql` gives; 0 without a row.
    func integer(_ sql: String) throws(StoreError) -> Int64 {
        let statement = try SQLiteStatement(sql, on: self)
        return try statement.step() ? statement.integer(0) : 0
    }

    /// Does `body` in a transaction that is durable when this returns; after an error, nothing of it is done.
    func transaction<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(StoreError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // SQLite has already rolled back after some errors, such as a full disk.
            if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// How many rows the last statement changed.
    var changes: Int32 { sqlite3_changes(handle) }

    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    /// Throws if the file is no longer at its path: whoever opens that next will not find what is written now.
    func checkPlace() throws(StoreError) {
        guard try hasMoved else { return }
        throw .gone("\(path): was moved or deleted while in use; start the recorder again")
    }

    private var hasMoved: Bool {
        get throws(StoreError) {
            var moved: Int32 = 0
            sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
            guard moved != 0 else { return false }
            // It says so as well when it cannot look.
            var found = stat()
            guard stat(path, &found) != 0 else { return true }
            let code = errno
            guard [ENOENT, ENOTDIR].contains(code) else {
                throw .unavailable("\(path): cannot be looked at: \(ErrorNumber(code))")
            }
            return true
        }
    }

    func failure(_ code: Int32) -> StoreError {
        Self.failure(code, handle, path, isMaking: false)
    }

    private static func failure(
        _ code: Int32, _ handle: OpaquePointer?, _ path: String, isMaking: Bool
    ) -> StoreError {
        let message = handle.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        let text = "\(path): \(message.map { String(cString: $0) } ?? "error") (\(name(of: code)))"
        let systemError = handle.map { sqlite3_system_errno($0) } ?? 0
        switch code & 0xFF {
        case SQLITE_FULL: return .full(text)
        case SQLITE_IOERR where [ENOSPC, EDQUOT].contains(systemError): return .full(text)
        case SQLITE_CANTOPEN where [ENOSPC, EDQUOT].contains(systemError): return .full(text)
        case SQLITE_CANTOPEN where systemError == EROFS: return .readOnly(text)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: return isMaking ? .refused(text) : .unavailable(text)
        case SQLITE_READONLY: return .readOnly(text)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL, SQLITE_INTERRUPT, SQLITE_NOMEM, SQLITE_IOERR:
            return .unavailable(text)
        default: return .corrupt(text)
        }
    }

    /// What SQLite calls the primary code, and its extended code where there is one: `SQLITE_IOERR 778`.
    private static func name(of code: Int32) -> String {
        let name =
            switch code & 0xFF {
            case SQLITE_FULL: "SQLITE_FULL"
            case SQLITE_IOERR: "SQLITE_IOERR"
            case SQLITE_CANTOPEN: "SQLITE_CANTOPEN"
            case SQLITE_READONLY: "SQLITE_READONLY"
            case SQLITE_BUSY: "SQLITE_BUSY"
            case SQLITE_CORRUPT: "SQLITE_CORRUPT"
            case SQLITE_NOTADB: "SQLITE_NOTADB"
            case SQLITE_CONSTRAINT: "SQLITE_CONSTRAINT"
            default: "SQLite error"
            }
        return code > 0xFF || name == "SQLite error" ? "\(name) \(code)" : name
    }
}
