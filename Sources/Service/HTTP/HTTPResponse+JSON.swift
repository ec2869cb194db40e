import JSON
import MicroHTTP

/// The answers in JSON that all servers give.
extension HTTPResponse {
    package static let json = "application/json"

    /// A document that `write` makes the members of, of about `capacity` bytes.
    package static func document(
        status: Int = 200, reserving capacity: Int = 512, _ write: (inout JSONWriter) -> Void
    ) -> HTTPResponse {
        var document = JSONWriter(reserving: capacity)
        document.object(write)
        document.newline()
        return HTTPResponse(status: status, contentType: json, body: document.bytes)
    }

    /// The one shape of errors; `members` adds to the object `error`.
    package static func error(
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
