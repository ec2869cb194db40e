import CPostgreSQL
import Records

/// Why the server did not do what it was asked, with what decides whether to ask again at once.
struct PostgreSQLFailure: Error {
    let error: StoreError

    /// The server gave this transaction up in favour of another; it may go through at once.
    var isConflict = false

    /// There is no connection any more.
    var isLost = false

    /// It is lost because the server did not answer in time; to ask it again at once would only take as long again.
    var hasTimedOut = false

    /// Whether the transaction may have been committed although the failure came.
    var mayHaveCommitted = false

    init(_ error: StoreError) {
        self.error = error
    }

    /// The connection broke, or was given up.
    static func lost(_ text: String) -> PostgreSQLFailure {
        var failure = PostgreSQLFailure(.unavailable(text))
        failure.isLost = true
        return failure
    }

    /// What the server said, by its SQLSTATE (PostgreSQL, appendix A).
    init(_ result: OpaquePointer?, from location: String) {
        let state = Self.field(result, HEADCAST_DIAG_SQLSTATE) ?? ""
        let message =
            Self.field(result, HEADCAST_DIAG_MESSAGE_PRIMARY)
            ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "error"
        let text = "\(location): \(Self.oneLine(message))" + (state.isEmpty ? "" : " (SQLSTATE \(state))")
        error = Self.error(state, text)
        isConflict = state == "40001" || state == "40P01"
    }

    private static func error(_ state: String, _ text: String) -> StoreError {
        switch state {
        case "53100": .full(text)
        case "25006": .readOnly(text)
        case "42501", "3D000", "3F000": .refused(text)
        // Tables or columns are not what was made, or do not hold together.
        case "42P01", "42703", "42804", "XX001", "XX002": .corrupt(text)
        case _ where state.hasPrefix("28"): .refused(text)
        case _ where state.hasPrefix("23") || state.hasPrefix("22"): .corrupt(text)
        default: .unavailable(text)
        }
    }

    private static func field(_ result: OpaquePointer?, _ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    /// libpq's messages have lines of their own, and end in one.
    static func oneLine(_ message: String) -> String {
        message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0.isWhitespace } }.joined(separator: "; ")
    }
}
