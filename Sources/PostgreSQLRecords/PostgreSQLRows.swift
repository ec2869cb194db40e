import CPostgreSQL
import Clocks
import Records

/// What a statement gave, in the server's binary format.
final class PostgreSQLRows {
    private let result: OpaquePointer

    /// Takes over `result`.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var count: Int { Int(PQntuples(result)) }

    func isNull(_ row: Int, _ column: Int32) -> Bool {
        PQgetisnull(result, Int32(row), column) == 1
    }

    /// An integer, or a boolean, of any width.
    func integer(_ row: Int, _ column: Int32) -> Int64 {
        let value = withBytes(row, column) { bytes in
            bytes.reduce(into: UInt64(bytes.first ?? 0) >= 0x80 ? UInt64.max : 0) { $0 = $0 << 8 | UInt64($1) }
        }
        return Int64(bitPattern: value)
    }

    func bytes(_ row: Int, _ column: Int32) -> [UInt8] {
        withBytes(row, column) { Array($0) }
    }

    func label(_ row: Int, _ column: Int32) throws(PostgreSQLFailure) -> Label {
        do throws(LabelFault) {
            return try Label(utf8: bytes(row, column))
        } catch {
            throw PostgreSQLFailure(.corrupt("a text in the database \(error)"))
        }
    }

    func optionalLabel(_ row: Int, _ column: Int32) throws(PostgreSQLFailure) -> Label? {
        isNull(row, column) ? nil : try label(row, column)
    }

    func timestamp(_ row: Int, _ column: Int32) -> Timestamp {
        Timestamp(nanoseconds: integer(row, column))
    }

    private func withBytes<Result>(_ row: Int, _ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let count = Int(PQgetlength(result, Int32(row), column))
        return body(UnsafeRawBufferPointer(start: PQgetvalue(result, Int32(row), column), count: count))
    }
}
