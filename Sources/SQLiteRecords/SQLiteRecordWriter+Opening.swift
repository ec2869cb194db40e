import Records

extension SQLiteRecordWriter {
    /// Pages of the log of changes after which they are moved into the file, 16 MiB.
    private static let checkpointPages = 4_096
    private static let maximumCacheKibibytes = 32_768

    /// Makes the database durable, and then what it has to be.
    static func prepare(_ connection: SQLiteConnection) throws(StoreError) {
        _ = try SQLiteSchema.check(connection, mayBeNew: true)
        let mode = try SQLiteStatement("PRAGMA journal_mode = WAL", on: connection)
        guard try mode.step(), String(decoding: mode.bytes(0), as: UTF8.self) == "wal" else {
            throw .refused("\(connection.path): its file system takes no write-ahead log; choose a local one")
        }
        mode.reset()
        // FULL: with the log of changes, each transaction waits for the disk.
        try connection.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = \(checkpointPages);
            PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -\(maximumCacheKibibytes);
            """)
        try SQLiteSchema.migrate(connection)
    }
}
