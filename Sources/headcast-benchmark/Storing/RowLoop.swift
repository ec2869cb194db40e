import CBaseline
import Clocks
import Records

/// The yardstick of storing: a bare loop around a database, a row for each response, as durable as a recorder.
final class RowLoop {
    private enum Rows {
        case file(OpaquePointer)
        case server(OpaquePointer)
    }

    private let rows: Rows

    /// - Parameter store: a file that is not there yet, or a server that takes another table.
    init(_ store: StoreLocation) throws {
        let opened: Rows? =
            switch store {
            case .sqlite(let path): baseline_rows_open(path).map { .file($0) }
            case .postgreSQL(let url): baseline_server_rows_open(url).map { .server($0) }
            }
        guard let opened else { throw BenchmarkFailure("a bare loop cannot make its table in \(store)") }
        rows = opened
    }

    deinit {
        switch rows {
        case .file(let rows): baseline_rows_close(rows)
        case .server(let rows): baseline_server_rows_close(rows)
        }
    }

    /// Rows in a second, so many with each commit.
    func perSecond(_ rowsPerCommit: Int, for time: Duration) throws -> Double {
        var nanoseconds = UInt64(max(0, time.nanoseconds))
        let payload = ResponseLoad.payload.text
        let count =
            switch rows {
            case .file(let rows): baseline_rows_insert(rows, payload, Int32(rowsPerCommit), &nanoseconds)
            case .server(let rows): baseline_server_rows_insert(rows, payload, Int32(rowsPerCommit), &nanoseconds)
            }
        guard count >= 0 else { throw BenchmarkFailure("the database fails to insert a row in a bare loop") }
        return Double(count) * 1e9 / Double(max(1, nanoseconds))
    }
}
