import Glibc
import Records

extension SQLiteWriterSession {
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

    /// Moves all that was committed into the file, wherever that is now, and removes the log of changes that it leaves
    /// at its old path, which would be taken for another file's.
    func leave() throws(StoreError) {
        let checkpoint = try SQLiteStatement("PRAGMA wal_checkpoint(TRUNCATE)", on: connection)
        guard try checkpoint.step(), checkpoint.integer(0) == 0 else {
            throw .unavailable("\(connection.path): was moved or deleted while in use, and is still being read")
        }
        checkpoint.reset()
        // With anything in it, it belongs to whatever was put there.
        var log = stat()
        guard stat(connection.path + "-wal", &log) == 0, log.st_size == 0 else { return }
        unlink(connection.path + "-wal")
        unlink(connection.path + "-shm")
    }
}
