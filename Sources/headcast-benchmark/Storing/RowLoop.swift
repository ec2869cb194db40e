import CBaseline
import Clocks

/// The yardstick of storing: SQLite alone in a loop, a row for each response, as durable as a recorder.
final class RowLoop {
    private let rows: OpaquePointer

    /// - Parameter path: of a file that is not there yet.
    init(path: String) throws {
        guard let rows = baseline_rows_open(path) else { throw BenchmarkFailure("SQLite cannot make \(path)") }
        self.rows = rows
    }

    deinit {
        baseline_rows_close(rows)
    }

    /// Rows in a second, so many with each commit.
    func perSecond(_ rowsPerCommit: Int, for time: Duration) throws -> Double {
        var nanoseconds = UInt64(max(0, time.nanoseconds))
        let count = baseline_rows_insert(rows, ResponseLoad.payload.text, Int32(rowsPerCommit), &nanoseconds)
        guard count >= 0 else { throw BenchmarkFailure("SQLite fails to insert a row") }
        return Double(count) * 1e9 / Double(max(1, nanoseconds))
    }
}
