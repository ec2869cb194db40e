import Headcast
import JSON
import Service

/// How `headcast subscribe` writes a message.
enum MessageOutput: String, CaseIterable {
    /// The payload for a person: what does not show is escaped.
    case text
    /// An object with everything known, for programs.
    case json

    /// One line with its line feed.
    func line(for message: Message) -> [UInt8] {
        switch self {
        case .text: Array((visibleText(of: message.payload) + "\n").utf8)
        case .json: Self.jsonLine(for: message)
        }
    }

    /// What a raw payload does not tell is left out.
    private static func jsonLine(for message: Message) -> [UInt8] {
        var json = JSONWriter(reserving: 512 + message.payload.count)
        json.object { line in
            line.field("receivedAt", message.receivedAt.timestamp)
            line.field("from", message.origin)
            if message.format != .raw { describe(message, to: &line) }
            if let text = String(validating: message.payload, as: UTF8.self) {
                line.field("payload", text)
            } else {
                line.field("payloadBase64", utf8: Base64.encode(message.payload.span).span)
            }
        }
        json.newline()
        return json.bytes
    }

    private static func describe(_ message: Message, to line: inout JSONWriter) {
        line.field("id", message.shownID)
        line.field("topic", message.topic.isEmpty ? nil : message.topic)
        line.field("sequence", message.sequence)
        line.field("epoch", message.epoch)
        line.field("publishedAt", message.publishedAt?.timestamp)
        line.object("attributes") { attributes in
            for (name, value) in message.attributes { attributes.field(named: name, value) }
        }
    }
}

/// The bytes as text that is safe for a terminal; a byte that is not UTF-8 is written `\xNN`.
func visibleText(of bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var parser = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var index = bytes.startIndex
    while true {
        switch parser.parseScalar(from: &iterator) {
        case .valid(let encoded):
            let scalar = UTF8.decode(encoded)
            text += scalar == "\t" ? "\t" : String(scalar).visible
            index += encoded.count
        case .error(let length):
            for byte in bytes[index..<index + length] {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
            index += length
        case .emptyInput:
            return text
        }
    }
}
