import JSON
import Wire

/// One event of CloudEvents 1.0 in JSON (JSON Event Format), as far as it makes a message.
struct CloudEvent {
    /// Where it came from: what its ids and sequences count in.
    private(set) var source = ""
    private(set) var id = ""
    /// Every attribute, named as in an envelope.
    private(set) var attributes = Message.Attributes()
    private(set) var payload: [UInt8] = []

    private var type: String?
    private var sequence: String?
    private var time: String?

    /// Nil for anything that is no such event.
    init?(_ bytes: [UInt8]) {
        do throws(JSONFault) {
            var reader = JSONReader(bytes)
            guard reader.kind() == .object, try read(&reader) else { return nil }
            try reader.end()
        } catch {
            return nil
        }
        guard !source.isEmpty, !id.isEmpty, type?.isEmpty == false else { return nil }
    }

    /// The message it is; `origin` and the like are the datagram's.
    func message(_ datagram: Message) -> Message {
        var message = datagram
        message.format = .cloudEvents
        message.id = Message.ID(attributes["headcastid"] ?? id) ?? .none
        message.stream.topic = source.hasPrefix("/topics/") ? String(source.dropFirst("/topics/".count)) : source
        message.stream.epoch = attributes["headcastepoch"].flatMap { Int64($0) } ?? 0
        message.sequence = sequence.flatMap { UInt64($0) } ?? 0
        message.publishedAt = time.flatMap(Message.Time.init(rfc3339:))
        message.expiresAt = attributes["ce-expirytime"].flatMap(Message.Time.init(rfc3339:))
        message.attributes = attributes
        message.payload = payload[...]
        return message
    }

    /// Reads the members; false if they contradict the format.
    private mutating func read(_ reader: inout JSONReader) throws(JSONFault) -> Bool {
        var isVersion1 = false
        var data: Range<Int>?
        var text: JSONText?
        try reader.beginObject()
        while let name = try reader.nextName() {
            switch reader.string(name) {
            case "specversion":
                guard reader.kind() == .text, reader.string(try reader.text()) == "1.0" else { return false }
                isVersion1 = true
            case "data":
                guard data == nil else { return false }
                (data, text) = try value(&reader)
            case "data_base64":
                guard data == nil, reader.kind() == .text else { return false }
                let encoded = try reader.text()
                guard let bytes = Base64.decode(reader.unescaped(encoded).span) else { return false }
                data = encoded.range.lowerBound..<encoded.range.lowerBound
                payload = bytes
            case let name:
                guard try readAttribute(name, &reader) else { return false }
            }
        }
        // Only now it is known what the data is said to be.
        if let data, payload.isEmpty {
            if let text, !isJSON { payload = reader.unescaped(text) } else { payload = Array(reader.bytes[data]) }
        }
        return isVersion1
    }

    /// Where the next value stands, and its text if it is one.
    private func value(_ reader: inout JSONReader) throws(JSONFault) -> (Range<Int>, JSONText?) {
        guard reader.kind() == .text else { return (try reader.skip(), nil) }
        let text = try reader.text()
        return (text.range.lowerBound - 1..<text.range.upperBound + 1, text)
    }

    private mutating func readAttribute(_ name: String, _ reader: inout JSONReader) throws(JSONFault) -> Bool {
        let value: String
        switch reader.kind() {
        case .text: value = reader.string(try reader.text())
        case .number: value = String(decoding: reader.bytes[try reader.number()], as: UTF8.self)
        case .bool: value = try reader.bool() ? "true" : "false"
        case .null:
            try reader.null()
            return true
        default: return false
        }
        switch name {
        case "id": id = value
        case "source": source = value
        case "type": type = value
        case "sequence": sequence = value
        case "time": time = value
        default: break
        }
        return attributes.add(Self.attribute(for: name), value)
    }

    /// What an attribute of an event is called in an envelope.
    private static func attribute(for name: String) -> String {
        switch name {
        case "datacontenttype": "content-type"
        case "traceparent", "tracestate", "headcastid", "headcastepoch": name
        default: "ce-" + name
        }
    }

    /// Whether the payload is said to be JSON (JSON Event Format, section 3.1).
    private var isJSON: Bool {
        guard let contentType = attributes.contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }
}
