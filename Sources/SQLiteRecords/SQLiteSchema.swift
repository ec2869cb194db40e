import Records

/// What the tables look like, version by version.
///
/// The version is kept in `user_version`, and that the database is a recorder's in `application_id`.
enum SQLiteSchema {
    /// `hdct` in ASCII.
    static let applicationID: Int64 = 0x6864_6374

    static var version: Int64 { Int64(migrations.count) }

    /// What leads from each version to the next; what has been released is never changed.
    private static let migrations = [
        """
        CREATE TABLE totals (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            rows INTEGER NOT NULL, answers INTEGER NOT NULL, divergences INTEGER NOT NULL, retries INTEGER NOT NULL,
            last_record INTEGER NOT NULL, last_divergence INTEGER NOT NULL
        ) STRICT;
        INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0);

        CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE responders (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

        -- Times are nanoseconds since 1970; a sequence is the bits of an unsigned number.
        CREATE TABLE records (
            id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, key TEXT NOT NULL, responder INTEGER NOT NULL,
            stored_at INTEGER NOT NULL, retries INTEGER NOT NULL, topic INTEGER, sequence INTEGER, content_type TEXT,
            payload BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX records_by_key ON records (message_id, key);
        -- Its entries end in the record's id, so a topic's are in the order of storing.
        CREATE INDEX records_by_topic ON records (topic) WHERE topic IS NOT NULL;

        -- Whoever agrees with a record; not its own responder, who has a row with that. Where many do, the most rows by
        -- far: numbers only, and nothing but the tree they are in.
        CREATE TABLE answers (
            record INTEGER NOT NULL, responder INTEGER NOT NULL, answered_at INTEGER NOT NULL,
            retries INTEGER NOT NULL, PRIMARY KEY (record, responder)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE divergences (
            id INTEGER PRIMARY KEY, record INTEGER NOT NULL, responder INTEGER NOT NULL, digest BLOB NOT NULL,
            noticed_at INTEGER NOT NULL, retries INTEGER NOT NULL, content_type TEXT, payload BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX divergences_by_answer ON divergences (record, responder, digest);
        """
    ]

    /// Makes the tables, or brings them up to this version.
    static func migrate(_ connection: SQLiteConnection) throws(StoreError) {
        guard try check(connection, mayBeNew: true) < version else { return }
        try connection.transaction { () throws(StoreError) in
            // Nobody else writes, but another version may have before the lock was taken.
            let found = try check(connection, mayBeNew: true)
            for migration in migrations.dropFirst(Int(found)) { try connection.execute(migration) }
            try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
    }

    /// Gives the version of the database that is there; throws if it is none of a recorder, or of a newer one.
    static func check(_ connection: SQLiteConnection, mayBeNew: Bool) throws(StoreError) -> Int64 {
        let found = try connection.integer("PRAGMA user_version")
        guard try isRecorders(connection) else {
            let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
            guard isEmpty, found == 0 else {
                throw .corrupt("\(connection.path): is a database of another program; choose another file")
            }
            guard mayBeNew else { throw .unavailable("\(connection.path): has no tables yet") }
            return 0
        }
        guard found <= version else {
            throw .unsupported(
                "\(connection.path): has version \(found) of the tables, and this recorder knows up to \(version); "
                    + "use a newer one")
        }
        guard found == version || mayBeNew else {
            throw .unavailable("\(connection.path): has version \(found) of the tables; waiting for version \(version)")
        }
        return found
    }

    private static func isRecorders(_ connection: SQLiteConnection) throws(StoreError) -> Bool {
        try connection.integer("PRAGMA application_id") == applicationID
    }
}
