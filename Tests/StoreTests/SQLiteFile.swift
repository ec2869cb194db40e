/// A database file as others see it, through the sqlite3 of Python, which the tests need anyway.
enum SQLiteFile {
    @discardableResult
    static func execute(_ sql: String, at path: String) throws -> String {
        let script = """
            import sqlite3, sys
            connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            for row in connection.execute(sys.argv[2]): print(*row, sep="|")
            """
        return try Child.run(["/usr/bin/python3", "-c", script, path, sql])
    }
}
