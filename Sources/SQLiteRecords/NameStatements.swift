import CSQLite
import Records

/// The statements of a table that gives names numbers.
final class NameStatements {
    private let connection: SQLiteConnection
    private let find: SQLiteStatement
    private let insert: SQLiteStatement

    init(table: String, _ connection: SQLiteConnection) throws(StoreError) {
        self.connection = connection
        find = try SQLiteStatement("SELECT id FROM \(table) WHERE name = ?", on: connection)
        insert = try SQLiteStatement("INSERT INTO \(table) (name) VALUES (?)", on: connection)
    }

    /// The number of `name`, a new one if it has none.
    func number(of name: Label) throws(StoreError) -> Int64 {
        find.bind(name, at: 1)
        if try find.step() {
            defer { find.reset() }
            return find.integer(0)
        }
        insert.bind(name, at: 1)
        try insert.run()
        return sqlite3_last_insert_rowid(connection.handle)
    }
}
