import Clocks
import JSON
import Records
import Service

/// What is written as the members of an object.
protocol JSONMembers {
    func write(to json: inout JSONWriter)
}

extension Record: JSONMembers {
    func write(to json: inout JSONWriter) {
        json.fields(of: stateKey)
        json.field("topic", topic?.text)
        json.field("sequence", sequence)
        json.field("responder", responder.text)
        json.fields(of: answer)
        json.field("answers", answers)
        json.field("storedAt", storedAt)
    }
}

extension Divergence: JSONMembers {
    func write(to json: inout JSONWriter) {
        json.fields(of: stateKey)
        json.field("topic", topic?.text)
        json.field("responder", responder.text)
        json.fields(of: answer)
        json.field("retries", retries)
        json.field("noticedAt", noticedAt)
        json.field("firstResponder", firstResponder.text)
    }
}

extension Agreement: JSONMembers {
    func write(to json: inout JSONWriter) {
        json.field("key", key.text)
        json.field("responder", responder.text)
        json.field("retries", retries)
        json.field("answeredAt", answeredAt)
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of stateKey: StateKey) {
        field("messageId", stateKey.messageID.text)
        field("key", stateKey.key.text)
    }

    /// A payload that is UTF-8 is text, whichever way it came; any other is base64.
    fileprivate mutating func fields(of answer: Answer) {
        if (try? UTF8Span(validating: answer.payload.span)) != nil {
            field("payload", utf8: answer.payload.span)
        } else {
            let text = Base64.encode(answer.payload.span)
            field("payloadBase64", utf8: text.span)
        }
        field("contentType", answer.contentType?.text)
    }
}
