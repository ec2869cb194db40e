import JSON
import Wire

/// One event of CloudEvents 1.0 in JSON (JSON Event Format), as far as it makes a message.
struct CloudEvent {
    /// Where it came from: what its ids and sequences count in.
    private(set) var source = ""
    private(set) var id = ""
    /// Its attributes, named as in an envelope; what a gateway says of the message is none of them.
    private(set) var attributes = Message.Attributes()
    private(set) var payload: [UInt8] = []

    private var type: String?
    private var sequence: String?
    private var time: String?
    /// What a gateway says of the message, by the names that begin with `headcast`.
    private var remarks: [String: String] = [:]

    /// Nil for anything that is no such event.
    init?(_ bytes: [UInt8]) {
        do throws(JSONFault) {
            var reader = JSONReader(bytes)
            guard reader.kind() == .object, try read(&reader) else { return nil }
            try reader.end()
        } catch {
            return nil
        }
        // What a gateway wrote itself is not the event's own.
        if !isNumbered, let sequence, !attributes.add("ce-sequence", sequence) { return nil }
        if !isNumbered || remarks["headcasttime"] != nil, let time, !attributes.add("ce-time", time) { return nil }
        guard !source.isEmpty, !id.isEmpty, type?.isEmpty == false else { return nil }
    }

    /// The message it is; `origin` and the like are the datagram's.
    func message(_ datagram: Message) -> Message {
        var message = datagram
        message.format = .cloudEvents
        message.id = Message.ID(remarks["headcastid"] ?? id) ?? .none
        message.stream.topic = topic
        message.stream.epoch = remarks["headcastepoch"].flatMap { Int64($0) }.map { max(0, $0) } ?? 0
        message.sequence = sequence.flatMap { UInt64($0) } ?? 0
        message.publishedAt = (remarks["headcasttime"] ?? time).flatMap(Message.Time.init(rfc3339:))
        message.expiresAt = attributes["ce-expirytime"].flatMap(Message.Time.init(rfc3339:))
        message.attributes = attributes
        message.payload = payload[...]
        return message
    }

    private var isNumbered: Bool { remarks["headcastepoch"] != nil }

    /// Only a gateway can say it: a source that a publisher chose tells nothing of the topic.
    private var topic: String {
        if let topic = remarks["headcasttopic"] { return topic }
        let prefix = "/topics/"
        return isNumbered && source.hasPrefix(prefix) ? String(source.dropFirst(prefix.count)) : ""
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
                guard attributes.add("ce-specversion", "1.0") else { return false }
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
        let kind = reader.kind()
        guard kind == .text || !Self.texts.contains(name) else { return false }
        switch kind {
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
        case "time":
            defer { time = value }
            return time == nil
        case "sequence":
            defer { sequence = value }
            return sequence == nil
        case _ where name.hasPrefix("headcast"): return remarks.updateValue(value, forKey: name) == nil
        default: break
        }
        return attributes.add(name == "datacontenttype" ? "content-type" : "ce-" + name, value)
    }

    /// What an event must have, as text (CloudEvents 1.0.2, "Required attributes").
    private static let texts = ["id", "source", "type"]

    /// Whether the payload is said to be JSON (JSON Event Format, section 3.1).
    private var isJSON: Bool {
        guard let contentType = attributes.contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }
}
