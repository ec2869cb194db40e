import Foundation
import JSON
import Records

/// A response as its sender writes it.
func response(
    _ message: String = "m", _ key: String = "k", _ responder: String = "r", _ payload: String = "p",
    topic: String? = nil
) -> String {
    var json = JSONWriter()
    json.object {
        $0.field("messageId", message)
        $0.field("key", key)
        $0.field("responder", responder)
        $0.field("payload", payload)
        if let topic { $0.field("topic", topic) }
    }
    return String(decoding: json.bytes, as: UTF8.self)
}

extension Response {
    /// The same as a value; the labels have to be some.
    init(_ message: String, _ key: String, _ responder: String, _ payload: String) throws {
        self.init(
            messageID: try Label(message), key: try Label(key), responder: try Label(responder),
            answer: Answer(payload: Array(payload.utf8)))
    }
}
