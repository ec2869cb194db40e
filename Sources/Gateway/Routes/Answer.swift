import JSON
import MicroHTTP
import Service

/// Builds the answers all routes give.
enum Answer {
    static let json = "application/json"

    /// A document that `write` makes the members of.
    static func document(
        status: Int = 200, headers: [(name: String, value: String)] = [], _ write: (inout JSONWriter) -> Void
    ) -> HTTPResponse {
        var document = JSONWriter(reserving: 512)
        document.object(write)
        document.newline()
        return HTTPResponse(status: status, contentType: json, headers: headers, body: document.bytes)
    }

    /// The one shape of errors; `members` adds to the object `error`.
    static func error(
        _ code: ErrorCode, _ message: String, retryAfterSeconds: Int? = nil,
        headers: [(name: String, value: String)] = [], with members: (inout JSONWriter) -> Void = { _ in }
    ) -> HTTPResponse {
        var headers = headers
        if let seconds = retryAfterSeconds ?? code.retryAfterSeconds {
            headers.append((name: "Retry-After", value: String(seconds)))
        }
        return HTTPResponse(
            status: code.status, contentType: json, headers: headers,
            body: ErrorBody(code, message).bytes(with: members))
    }
}

/// Why a request gets an error, thrown while it is read.
struct Refusal: Error {
    let response: HTTPResponse

    init(
        _ code: ErrorCode, _ message: String, retryAfterSeconds: Int? = nil,
        headers: [(name: String, value: String)] = [], with members: (inout JSONWriter) -> Void = { _ in }
    ) {
        response = Answer.error(
            code, message, retryAfterSeconds: retryAfterSeconds, headers: headers, with: members)
    }

    init(_ fault: DraftFault) {
        self.init(fault.code, fault.message) { error in
            if let parameter = fault.parameter { error.field("parameter", parameter) }
        }
    }
}
