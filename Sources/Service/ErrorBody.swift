import JSON

/// The one shape of every error in JSON: `{"error":{"code":"payload_too_large","message":"…","limit":1232}}`.
///
/// The message says what failed, with which value, against which limit, and what to do. Codes are stable; members are
/// only ever added.
package struct ErrorBody: Sendable {
    package var code: ErrorCode
    package var message: String

    package init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The document with its final newline; `members` adds to the object `error`, after code and message.
    package func bytes(with members: (inout JSONWriter) -> Void = { _ in }) -> [UInt8] {
        var json = JSONWriter(reserving: 128 + message.utf8.count)
        json.object { document in
            document.object("error") { error in
                error.field("code", code.rawValue)
                error.field("message", message)
                members(&error)
            }
        }
        json.newline()
        return json.bytes
    }
}
