import Clocks
import Records

/// A connection that is made again when it is needed and lost.
final class PostgreSQLSession {
    /// A recorder that vanished in the middle of a group keeps the others waiting no longer than the first of these.
    private static let settings = [
        ("idle_in_transaction_session_timeout", "10s"),
        // Every statement is meant to go through an index; a plan made while the tables were empty would not.
        ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
        // Where there is no other way than one of those, it counts as so dear that the server would compile it first.
        ("jit", "off"),
        // A plan for the values of one group costs more than it saves: the ways are the same for all.
        ("plan_cache_mode", "force_generic_plan"),
    ]
    private static let maximumTries = 5

    private let url: String
    private let location: String
    private let timeout: Duration
    private let prepare: (PostgreSQLConnection) throws(PostgreSQLFailure) -> Void
    private var connection: PostgreSQLConnection?

    /// - Parameters:
    ///   - timeout: how long the server may take for what is sent as one.
    ///   - prepare: what is done with each new connection before it is used.
    init(url: String, timeout: Duration, prepare: @escaping (PostgreSQLConnection) throws(PostgreSQLFailure) -> Void) {
        self.url = url
        self.timeout = timeout
        location = StoreLocation.postgreSQL(url: url).description
        self.prepare = prepare
    }

    /// Does `body` with the connection; again where the server asks for it, or where it was lost for nothing done.
    func perform<Result>(
        _ body: (PostgreSQLConnection) throws(PostgreSQLFailure) -> Result
    ) throws(StoreError) -> Result {
        var tries = 0
        while true {
            let wasOpen = connection != nil
            do throws(PostgreSQLFailure) {
                return try body(try open())
            } catch {
                tries += 1
                if error.isLost { connection = nil }
                // A server that was started anew is noticed by the first use of the old connection.
                let isForNothing = error.isLost && wasOpen && !error.mayHaveCommitted && !error.hasTimedOut
                let isWorthAnother = error.isConflict || isForNothing
                guard isWorthAnother, tries < Self.maximumTries else { throw error.error }
            }
        }
    }

    /// Does `body` in a transaction; its last step commits and is `commit`'s affair.
    func transaction<Result>(
        _ body: (PostgreSQLConnection) throws(PostgreSQLFailure) -> Result
    ) throws(StoreError) -> Result {
        try perform { connection throws(PostgreSQLFailure) in
            do throws(PostgreSQLFailure) {
                return try body(connection)
            } catch {
                // What cannot be rolled back is given up, so that nothing later lands in the same transaction.
                if !error.isLost, (try? connection.run([.rollback])) == nil { self.connection = nil }
                throw error
            }
        }
    }

    private func open() throws(PostgreSQLFailure) -> PostgreSQLConnection {
        if let connection { return connection }
        let connection = try PostgreSQLConnection(url: url, location: location, timeout: timeout)
        // The server gives up a little earlier, so that it is the one to say what took so long.
        let milliseconds = max(1, timeout.nanoseconds / 1_000_000 * 4 / 5)
        let settings = Self.settings + [("statement_timeout", "\(milliseconds)"), ("lock_timeout", "\(milliseconds)")]
        try connection.run(
            settings.map { name, value in
                PostgreSQLCommand("SELECT set_config('\(name)', '\(value)', false)")
            } + [
                // Whoever set it lower for a server or a role did not mean what is acknowledged.
                PostgreSQLCommand(
                    """
                    SELECT set_config('synchronous_commit', 'on', false)
                    WHERE current_setting('synchronous_commit') IN ('off', 'local')
                    """)
            ])
        try prepare(connection)
        self.connection = connection
        return connection
    }
}

extension PostgreSQLConnection {
    /// Runs what ends a transaction; if the connection breaks meanwhile, nobody knows whether it was committed.
    func commit(after commands: [PostgreSQLCommand]) throws(PostgreSQLFailure) {
        do throws(PostgreSQLFailure) {
            try run(commands + [.commit])
        } catch {
            var failure = error
            failure.mayHaveCommitted = true
            throw failure
        }
    }
}
