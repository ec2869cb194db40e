import CPostgreSQL
import Clocks
import ErrorNumbers
import Glibc
import Records

/// A connection to a server. For one thread.
///
/// Statements go out together and are answered together (libpq's pipeline mode): what is sent as one costs one way
/// there and back. Nothing waits longer than it was told, whatever the server or the network does.
final class PostgreSQLConnection {
    /// Where it is connected to, for people.
    let location: String
    private let timeout: Duration
    private let handle: OpaquePointer
    /// SQL that is prepared, with the name it has there.
    private var prepared: [String: String] = [:]
    private var preparedCount = 0

    /// - Parameters:
    ///   - url: as libpq has it; what it leaves open is set here.
    ///   - timeout: how long the server may take for what is sent as one.
    init(url: String, location: String, timeout: Duration) throws(PostgreSQLFailure) {
        let parameters = [
            ("connect_timeout", "10"), ("fallback_application_name", "headcast recorder"), ("keepalives_idle", "30"),
            ("client_encoding", "UTF8"),
            // Last, so that its parameters replace those above.
            ("dbname", url),
        ]
        var names = parameters.map { strdup($0.0) } + [nil]
        var values = parameters.map { strdup($0.1) } + [nil]
        defer { for text in names + values { free(text) } }
        let handle = names.withUnsafeMutableBufferPointer { names in
            values.withUnsafeMutableBufferPointer { values in
                names.withMemoryRebound(to: UnsafePointer<CChar>?.self) { names in
                    values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        PQconnectdbParams(names.baseAddress, values.baseAddress, 1)
                    }
                }
            }
        }
        guard let handle else { throw .lost("\(location): no memory for a connection") }
        self.location = location
        self.timeout = timeout
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw .lost("\(location): \(message)") }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            throw .lost("\(location): \(message)")
        }
    }

    deinit {
        PQfinish(handle)
    }

    /// Runs `commands` in order; gives what each gave. After one that fails, those behind it are not run.
    @discardableResult
    func run(_ commands: [PostgreSQLCommand]) throws(PostgreSQLFailure) -> [PostgreSQLRows] {
        let deadline = Instant.now + timeout
        var isNew: [Bool] = []
        for command in commands { isNew.append(try send(command)) }
        guard PQpipelineSync(handle) == 1 else { throw .lost("\(location): \(message)") }

        var results: [PostgreSQLRows] = []
        var failure: PostgreSQLFailure?
        func take(keeping: Bool) throws(PostgreSQLFailure) {
            switch try answer(by: deadline) {
            case .success(let rows): if keeping { results.append(rows) }
            case .failure(let first): failure = failure ?? first
            }
        }
        for (command, isNew) in zip(commands, isNew) {
            if isNew {
                try take(keeping: false)
                // Whether it was prepared is unknown when something failed before; the name is never used again.
                if failure != nil { prepared[command.sql] = nil }
            }
            try take(keeping: true)
        }
        try awaitSync(by: deadline)
        if let failure { throw failure }
        return results
    }

    /// Puts a statement into the pipeline, prepared first if it is new; gives whether it was.
    private func send(_ command: PostgreSQLCommand) throws(PostgreSQLFailure) -> Bool {
        let isNew = prepared[command.sql] == nil
        if isNew {
            preparedCount += 1
            let name = "s\(preparedCount)"
            prepared[command.sql] = name
            guard PQsendPrepare(handle, name, command.sql, 0, nil) == 1 else { throw .lost("\(location): \(message)") }
        }
        let isSent = command.withParameters { values, lengths, formats in
            PQsendQueryPrepared(
                handle, prepared[command.sql], Int32(command.parameters.count), values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw .lost("\(location): \(message)") }
        return isNew
    }

    // MARK: Answers

    /// What the next statement in the pipeline gave.
    private func answer(
        by deadline: Instant
    ) throws(PostgreSQLFailure) -> Result<PostgreSQLRows, PostgreSQLFailure> {
        let result = try nextResult(by: deadline)
        defer { while let rest = PQgetResult(handle) { PQclear(rest) } }
        let status = PQresultStatus(result)
        guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
            defer { PQclear(result) }
            return .failure(PostgreSQLFailure(result, from: location))
        }
        return .success(PostgreSQLRows(result))
    }

    private func awaitSync(by deadline: Instant) throws(PostgreSQLFailure) {
        let result = try nextResult(by: deadline)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else { throw .lost("\(location): \(message)") }
    }

    private func nextResult(by deadline: Instant) throws(PostgreSQLFailure) -> OpaquePointer {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0, PQstatus(handle) == CONNECTION_OK else { throw .lost("\(location): \(message)") }
            guard PQisBusy(handle) == 1 else { break }
            try wait(toSend: unsent == 1, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw .lost("\(location): \(message)") }
        }
        guard let result = PQgetResult(handle) else { throw .lost("\(location): the answer ended early") }
        guard PQstatus(handle) == CONNECTION_OK else {
            PQclear(result)
            throw .lost("\(location): \(message)")
        }
        return result
    }

    private func wait(toSend: Bool, until deadline: Instant) throws(PostgreSQLFailure) {
        let left = deadline - .now
        var descriptor = pollfd(
            fd: PQsocket(handle), events: Int16(POLLIN) | (toSend ? Int16(POLLOUT) : 0), revents: 0)
        let count = left > .zero ? poll(&descriptor, 1, Int32(left.nanoseconds / 1_000_000) + 1) : 0
        let code = errno
        guard count != 0 else {
            var failure = PostgreSQLFailure.lost("\(location): no answer within \(timeout.text)")
            failure.hasTimedOut = true
            throw failure
        }
        guard count > 0 || code == EINTR else { throw .lost("\(location): \(ErrorNumber(code))") }
    }

    private var message: String {
        PostgreSQLFailure.oneLine(PQerrorMessage(handle).map { String(cString: $0) } ?? "no connection")
    }
}
