import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// A response that differs from its record, as far as its sender is told of it.
struct Divergent {
    let stateKey: StateKey
    /// Of its answer.
    let digest: [UInt8]

    /// What the sender is told: the record says something else, `first` where that is known.
    func refusal(by first: FirstAnswer?) -> HTTPResponse {
        let (key, message) = (stateKey.key.text, stateKey.messageID.text)
        let who = first.map { ", which \($0.responder.text.quoted) answered first" } ?? ""
        return .error(
            .diverged,
            "key \(key.quoted) of message \(message.quoted) has another answer\(who); that stays, and the difference is kept: GET /divergences"
        ) { error in
            error.field("messageId", message)
            error.field("key", key)
            error.field("digest", hexadecimal(digest))
            guard let first else { return error.null("record") }
            error.object("record") {
                $0.field("responder", first.responder.text)
                $0.field("digest", hexadecimal(first.digest))
                $0.field("answers", first.answers)
                $0.field("storedAt", first.storedAt)
            }
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return text.count < 2 ? "0" + text : text
    }.joined()
}
