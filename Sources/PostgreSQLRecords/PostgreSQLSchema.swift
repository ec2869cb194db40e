import Records

/// What the tables look like, version by version; they have a schema of their own, `headcast`.
///
/// Texts are bytea, since text takes no zero byte and compares by a locale.
enum PostgreSQLSchema {
    static var version: Int64 { Int64(migrations.count) }

    /// What leads from each version to the next; what has been released is never changed.
    private static let migrations = [
        [
            """
            CREATE TABLE headcast.totals (
                id smallint PRIMARY KEY CHECK (id = 1),
                rows bigint NOT NULL, answers bigint NOT NULL, divergences bigint NOT NULL, retries bigint NOT NULL,
                last_record bigint NOT NULL, last_divergence bigint NOT NULL
            ) WITH (fillfactor = 10)
            """,
            "INSERT INTO headcast.totals VALUES (1, 0, 0, 0, 0, 0, 0)",
            """
            CREATE TABLE headcast.topics (
                id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name bytea NOT NULL UNIQUE
            )
            """,
            """
            CREATE TABLE headcast.responders (
                id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name bytea NOT NULL UNIQUE
            )
            """,
            """
            CREATE TABLE headcast.records (
                id bigint PRIMARY KEY, message_id bytea NOT NULL, key bytea NOT NULL, responder integer NOT NULL,
                retries integer NOT NULL, topic integer, stored_at bigint NOT NULL, sequence bigint,
                content_type bytea, digest bytea NOT NULL,
                payload bytea NOT NULL, UNIQUE (message_id, key)
            )
            """,
            "CREATE INDEX records_by_topic ON headcast.records (topic, id) WHERE topic IS NOT NULL",
            // Whoever agrees with a record; not its own responder, who has a row with that.
            """
            CREATE TABLE headcast.answers (
                record bigint NOT NULL, responder integer NOT NULL, answered_at bigint NOT NULL,
                retries integer NOT NULL, PRIMARY KEY (record, responder)
            )
            """,
            """
            CREATE TABLE headcast.divergences (
                id bigint PRIMARY KEY, record bigint NOT NULL, responder integer NOT NULL, digest bytea NOT NULL,
                noticed_at bigint NOT NULL, retries integer NOT NULL, content_type bytea, payload bytea NOT NULL,
                UNIQUE (record, responder, digest)
            )
            """,
        ]
    ]

    /// Makes the tables, or brings them up to this version; several recorders that start at once take turns.
    static func migrate(_ connection: PostgreSQLConnection) throws(PostgreSQLFailure) {
        guard try found(connection) != version else { return }
        do throws(PostgreSQLFailure) {
            // The number is `headcast` in ASCII.
            try connection.run([.begin, PostgreSQLCommand("SELECT pg_advisory_xact_lock(7522525836384236404)")])
            let found = try found(connection)
            var commands: [PostgreSQLCommand] = []
            if found == 0 {
                commands.append(PostgreSQLCommand("CREATE SCHEMA IF NOT EXISTS headcast"))
                commands.append(PostgreSQLCommand("CREATE TABLE headcast.version (version integer NOT NULL)"))
                commands.append(PostgreSQLCommand("INSERT INTO headcast.version VALUES (0)"))
            }
            commands += migrations.dropFirst(Int(found)).joined().map { PostgreSQLCommand($0) }
            commands.append(PostgreSQLCommand("UPDATE headcast.version SET version = \(version)"))
            // One at a time: a statement can be prepared only once the tables it names are there.
            for command in commands { try connection.run([command]) }
            try connection.run([.commit])
        } catch {
            if !error.isLost { _ = try? connection.run([.rollback]) }
            throw error
        }
    }

    /// Throws unless the tables are of this version.
    static func check(_ connection: PostgreSQLConnection) throws(PostgreSQLFailure) {
        let found = try found(connection)
        guard found == version else {
            throw PostgreSQLFailure(
                .unavailable("\(connection.location): has version \(found) of the tables; waiting for \(version)"))
        }
    }

    /// Not to_regclass(), which may remember from before the lock that there is none.
    private static let existence = """
        SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'headcast' AND c.relname = 'version'
        """

    /// The version of the tables that are there, 0 for none; throws for one that is newer than this program.
    private static func found(_ connection: PostgreSQLConnection) throws(PostgreSQLFailure) -> Int64 {
        guard try connection.run([PostgreSQLCommand(existence)])[0].count == 1 else { return 0 }
        let rows = try connection.run([PostgreSQLCommand("SELECT version FROM headcast.version")])[0]
        guard rows.count == 1 else { throw PostgreSQLFailure(.corrupt("\(connection.location): has no version")) }
        let found = rows.integer(0, 0)
        guard found <= version else {
            throw PostgreSQLFailure(
                .unsupported(
                    "\(connection.location): has version \(found) of the tables, and this recorder knows up to "
                        + "\(version); use a newer one"))
        }
        return found
    }
}
