import CSQLite
import Clocks
import Records

/// A prepared statement of SQLite, with what is bound to it.
final class SQLiteStatement {
    private let connection: SQLiteConnection
    private let handle: OpaquePointer

    init(_ sql: String, on connection: SQLiteConnection) throws(StoreError) {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
        guard code == SQLITE_OK, let handle else { throw connection.failure(code) }
        self.connection = connection
        self.handle = handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Running

    /// Goes on to the next row; false when there is none, and the statement can be bound again.
    func step() throws(StoreError) -> Bool {
        let code = sqlite3_step(handle)
        guard code != SQLITE_ROW else { return true }
        // Before the reset: a failure of the step is what the connection's message is about until then.
        let failure = code == SQLITE_DONE ? nil : connection.failure(code)
        sqlite3_reset(handle)
        if let failure { throw failure }
        return false
    }

    /// Runs a statement that gives no rows.
    func run() throws(StoreError) {
        while try step() {}
    }

    /// Ends what is under way, so that no snapshot is held and values can be bound again.
    func reset() {
        sqlite3_reset(handle)
    }

    // MARK: Binding; the first value has index 1

    func bind(_ value: Int64?, at index: Int32) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ label: Label?, at index: Int32) {
        guard var text = label?.text else {
            sqlite3_bind_null(handle, index)
            return
        }
        text.withUTF8 { _ = headcast_sqlite_bind_text(handle, index, $0.baseAddress, Int32($0.count)) }
    }

    func bind(_ bytes: [UInt8], at index: Int32) {
        bytes.withUnsafeBytes { _ = headcast_sqlite_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
    }

    // MARK: Columns of the row; the first has index 0

    func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    func bytes(_ column: Int32) -> [UInt8] {
        // In this order, as sqlite3_column_blob(3) wants it.
        let start = sqlite3_column_blob(handle, column)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func label(_ column: Int32) throws(StoreError) -> Label {
        do throws(LabelFault) {
            return try Label(utf8: bytes(column))
        } catch {
            throw .corrupt("\(connection.path): a text in it \(error)")
        }
    }

    func optionalLabel(_ column: Int32) throws(StoreError) -> Label? {
        isNull(column) ? nil : try label(column)
    }

    func timestamp(_ column: Int32) -> Timestamp {
        Timestamp(nanoseconds: integer(column))
    }

    func answer(payload: Int32, contentType: Int32) throws(StoreError) -> Answer {
        Answer(payload: bytes(payload), contentType: try optionalLabel(contentType))
    }
}
