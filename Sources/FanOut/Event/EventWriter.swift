import Clocks
import JSON
import Wire

/// Writes a message as one event in JSON (CloudEvents 1.0.2, JSON Event Format).
///
/// What the publisher gave as an event keeps its id, source and type; what was not one gets the message's id, the topic as
/// its source, and the type `headcast.message`. A source and an id name one event, whichever replica sends it; `sequence`
/// and `headcastepoch` are this replica's. `headcastid`, `headcasttopic` and `headcasttime` say what an id, a source and
/// a time of the publisher's do not.
struct EventWriter {
    let topic: String
    let epoch: Int64
    let sequence: UInt64
    let id: MessageID
    let publishedAt: Timestamp
    let attributes: Attributes
    let ttl: Duration?

    func bytes(_ payload: RawSpan) -> [UInt8] {
        var json = JSONWriter(reserving: 320 + attributes.byteCount + payload.byteCount)
        json.object { json in
            json.field("specversion", "1.0")
            json.field("id", given("id") ?? id.description)
            json.field("source", given("source") ?? "/topics/\(topic)")
            json.field("type", given("type") ?? "headcast.message")
            json.field("time", given("time") ?? text(publishedAt))
            if let contentType { json.field("datacontenttype", contentType) }
            // As text of one length, so that it sorts (CloudEvents extension "Sequence").
            json.field("sequence", String(repeating: "0", count: max(0, 20 - "\(sequence)".count)) + "\(sequence)")
            json.field("headcastepoch", "\(epoch)")
            if given("id") != nil { json.field("headcastid", id.description) }
            if given("source") != nil { json.field("headcasttopic", topic) }
            if given("time") != nil { json.field("headcasttime", text(publishedAt)) }
            if let ttl, given("expirytime") == nil { json.field("expirytime", text(publishedAt + ttl)) }
            for (name, value) in attributes.items {
                guard let member = Self.member(for: name), !Self.written.contains(member) else { continue }
                if member == "expirytime", ttl != nil, given(member) == nil { continue }
                // An event's own attribute goes before one of the publisher's by the same name.
                if !name.hasPrefix("ce-"), given(member) != nil { continue }
                json.field(named: member, value)
            }
            write(payload, to: &json)
        }
        return json.bytes
    }

    /// What an attribute of a message is called in an event; nil for one that cannot stand in it.
    static func member(for name: String) -> String? {
        if name == "content-type" { return "datacontenttype" }
        let isGiven = name.hasPrefix("ce-")
        let member = isGiven ? String(name.dropFirst(3)) : name
        let isName =
            !member.isEmpty && member.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        guard isName, member != "data", isGiven || !written.contains(member) else { return nil }
        // The sequence and what Headcast says of itself are this replica's own.
        return member == "sequence" || member.hasPrefix("headcast") ? nil : member
    }

    /// What is written before the other attributes.
    private static let written: Set<String> = [
        "specversion", "id", "source", "type", "time", "datacontenttype", "sequence", "headcastepoch", "headcastid",
        "headcasttopic", "headcasttime",
    ]

    /// None of these attributes may be empty in an event.
    private func given(_ name: String) -> String? {
        attributes["ce-" + name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private var contentType: String? { attributes["content-type"] }

    private func text(_ timestamp: Timestamp) -> String {
        let text = timestamp.rfc3339
        return String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }

    /// JSON as it is but for white space around it, text as text, and anything else as base64.
    private func write(_ payload: RawSpan, to json: inout JSONWriter) {
        guard payload.byteCount > 0 else { return }
        let bytes = payload.withUnsafeBytes { Array($0) }
        if isJSON {
            let value = Self.trimmed(bytes)
            if Self.isJSON(value) { return json.field("data", json: value.span) }
        } else if (try? UTF8Span(validating: bytes.span)) != nil {
            return json.field("data", utf8: bytes.span)
        }
        json.field("data_base64", utf8: Base64.encode(bytes.span).span)
    }

    /// Whether the payload is said to be JSON (JSON Event Format, section 3.1).
    private var isJSON: Bool {
        guard let contentType else { return false }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }

    /// Without the white space that may stand around JSON (RFC 8259, section 2), which is no part of the value.
    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return [] }
        return bytes[...last].drop(while: isSpace)
    }

    private static func isJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        // One level deeper, as it stands in the event.
        let bytes = Array("[".utf8) + bytes + Array("]".utf8)
        var reader = JSONReader(bytes)
        do throws(JSONFault) {
            try reader.beginArray()
            guard try reader.nextElement() else { return false }
            try reader.skip()
            guard try !reader.nextElement() else { return false }
            try reader.end()
            return true
        } catch {
            return false
        }
    }
}
