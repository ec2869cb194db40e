import JSON

/// Responses as a recorder reads them, a line of JSON for each.
enum ResponseLines {
    static func bytes(of responses: [Responder.Response], by responder: String) -> [UInt8] {
        var json = JSONWriter(reserving: responses.reduce(0) { $0 + 128 + $1.cost })
        for response in responses {
            json.object { write(response, by: responder, to: &$0) }
            json.newline()
        }
        return json.bytes
    }

    private static func write(_ response: Responder.Response, by responder: String, to json: inout JSONWriter) {
        json.field("messageId", response.messageID)
        json.field("key", response.key)
        json.field("responder", responder)
        if let topic = response.topic { json.field("topic", topic) }
        if let sequence = response.sequence { json.field("sequence", sequence) }
        if let contentType = response.contentType { json.field("contentType", contentType) }
        if isShorterAsText(response.payload) {
            json.field("payload", utf8: response.payload.span)
        } else {
            json.field("payloadBase64", utf8: Base64.encode(response.payload.span).span)
        }
    }

    /// Whether it is UTF-8 and JSON's escapes (RFC 8259, section 7) add no more to it than base64 does.
    private static func isShorterAsText(_ payload: [UInt8]) -> Bool {
        var escapes = 0
        for byte in payload {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escapes += 1
            case ..<0x20: escapes += 5
            default: continue
            }
        }
        return escapes * 3 <= payload.count + 12 && String(validating: payload, as: UTF8.self) != nil
    }
}
