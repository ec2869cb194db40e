import JSON
import Service
import Wire

extension MessageDraft {
    /// Reads the entry at `line` of `body`, a batch of lines.
    init(line: Range<Int>, of body: [UInt8]) throws(DraftFault) {
        var entry = EntryReader(JSONReader(body, in: line))
        do throws(JSONFault) {
            try entry.read()
        } catch {
            throw DraftFault(.invalidEntry, error)
        }
        if let fault = entry.fault { throw fault }
        guard let payload = entry.payload else {
            throw DraftFault(.invalidEntry, "the entry has no payload; give payload or payloadBase64")
        }
        self.init(payload: payload, attributes: entry.attributes, ttl: entry.ttl, idempotencyKey: entry.idempotencyKey)
    }
}

/// One entry being read, member by member.
private struct EntryReader {
    private var reader: JSONReader
    private(set) var payload: DraftPayload?
    private(set) var attributes = Attributes()
    private(set) var ttl: Duration?
    private(set) var idempotencyKey: IdempotencyKey?
    /// What is wrong with a member that can be read.
    private(set) var fault: DraftFault?

    private enum Field: String, CaseIterable {
        case payload, payloadBase64, contentType, attributes, ttl, idempotencyKey
    }

    init(_ reader: JSONReader) {
        self.reader = reader
    }

    mutating func read() throws(JSONFault) {
        var fields = JSONFields<Field>()
        try reader.beginObject()
        while fault == nil, let field = try fields.next(in: &reader) {
            switch field {
            case .payload, .payloadBase64: try readPayload(field)
            case .contentType: add("content-type", reader.string(try reader.text()))
            case .attributes: try readAttributes()
            case .ttl: readTTL(reader.string(try reader.text()))
            case .idempotencyKey:
                let key = reader.unescaped(try reader.text())
                attempt { entry throws(DraftFault) in entry.idempotencyKey = try IdempotencyKey(key) }
            }
        }
        if fault == nil { try reader.end() }
    }

    private mutating func readPayload(_ field: Field) throws(JSONFault) {
        guard payload == nil else {
            fault = DraftFault(.invalidEntry, "the entry has both payload and payloadBase64; give one")
            return
        }
        guard reader.kind() == .text else {
            fault = DraftFault(
                .invalidEntry, "\(field.rawValue) is not text; give a document as text, anything else as payloadBase64")
            return
        }
        let text = try reader.text()
        if field == .payload {
            payload = text.hasEscapes ? .decoded(reader.unescaped(text)) : .part(text.range)
        } else if let bytes = Base64.decode(reader.unescaped(text).span) {
            payload = .decoded(bytes)
        } else {
            fault = DraftFault(.invalidEntry, "payloadBase64 is no base64 (RFC 4648, section 4, with padding)")
        }
    }

    private mutating func readAttributes() throws(JSONFault) {
        try reader.beginObject()
        while fault == nil, let name = try reader.nextName().map(reader.string) {
            add(name, reader.string(try reader.text()))
        }
    }

    private mutating func readTTL(_ text: String) {
        do throws(Expected) {
            ttl = try MessageDraft.ttlFormat.parse(text)
        } catch {
            fault = DraftFault(.invalidEntry, "ttl is \(text.quoted); expected \(error.text)", parameter: "ttl")
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        attempt { entry throws(DraftFault) in try entry.attributes.add(own: name, value) }
    }

    private mutating func attempt(_ action: (inout EntryReader) throws(DraftFault) -> Void) {
        do throws(DraftFault) { try action(&self) } catch { fault = error }
    }
}
