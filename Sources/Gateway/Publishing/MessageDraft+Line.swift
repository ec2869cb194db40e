import JSON
import Service
import Wire

extension MessageDraft {
    /// Reads the entry at `line` of `body`, a batch of lines.
    ///
    /// One whose Content-Type says that it is an event is read as an event, as a publish of its own would be.
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
        guard let type = entry.attributes["content-type"].map({ MediaType($0) }), type.isEvent else { return }
        guard type == .event else { throw .notUnderstood(type, in: "contentType") }
        let event = try MessageDraft(event: payload, of: body)
        self.payload = event.payload
        // Its Content-Type is that of the event's data.
        let others = attributes
        attributes = event.attributes
        for (name, value) in others.items where name != "content-type" { try attributes.add(checking: name, value) }
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
        guard try expect(.object, of: nil, #"an object like {"payload":"hello"}"#) else { return }
        try reader.beginObject()
        while fault == nil, let field = try fields.next(in: &reader) {
            switch field {
            case .payload, .payloadBase64: try readPayload(field)
            case .contentType:
                guard try expect(.text, of: field, "text like text/plain") else { return }
                // An empty one is none, as it is in a header.
                let type = reader.string(try reader.text())
                if !type.isEmpty { add("content-type", type) }
            case .attributes: try readAttributes()
            case .ttl:
                guard try expect(.text, of: field, #"text, a duration like "10s""#) else { return }
                readTTL(reader.string(try reader.text()))
            case .idempotencyKey:
                guard try expect(.text, of: field, "text") else { return }
                let key = reader.unescaped(try reader.text())
                attempt { entry throws(DraftFault) in
                    entry.idempotencyKey = try IdempotencyKey(key, from: field.rawValue)
                }
            }
        }
        if fault == nil { end() }
    }

    /// Whether the next value is of the kind that it must be; if not, that is what is wrong.
    ///
    /// What begins no value at all is left to the reader, and what only begins like one is no JSON.
    ///
    /// - Parameter field: what it is the value of; nil for the whole entry.
    private mutating func expect(
        _ kind: JSONReader.Kind, of field: Field?, _ expected: String
    ) throws(JSONFault) -> Bool {
        guard let found = reader.kind(), found != kind else { return true }
        try pass(found, insteadOf: kind)
        if field == nil { try reader.end() }
        fault = DraftFault(
            .invalidEntry, "\(field?.rawValue ?? "the entry") is \(found.name); expected \(expected)",
            parameter: field?.rawValue)
        return false
    }

    /// Passes over a value that is not of the kind that it must be; throws where it is no value.
    private mutating func pass(_ found: JSONReader.Kind, insteadOf kind: JSONReader.Kind) throws(JSONFault) {
        do throws(JSONFault) {
            try reader.skip()
        } catch {
            // A word was taken for null, true or false by its first letter, which nobody meant.
            guard found == .null || found == .bool, case .expected(_, let byte) = error else { throw error }
            throw .expected(kind == .text ? "text in quotation marks" : kind.name, byte: byte)
        }
    }

    private mutating func end() {
        do throws(JSONFault) {
            try reader.end()
        } catch {
            fault = DraftFault(.invalidEntry, "more stands behind the entry; give one entry a line")
        }
    }

    private mutating func readPayload(_ field: Field) throws(JSONFault) {
        guard payload == nil else {
            fault = DraftFault(.invalidEntry, "the entry has both payload and payloadBase64; give one")
            return
        }
        guard try expect(.text, of: field, "text; give a document as text, anything else as payloadBase64") else {
            return
        }
        let text = try reader.text()
        if field == .payload {
            payload = text.hasEscapes ? .decoded(reader.unescaped(text)) : .part(text.range)
        } else if let bytes = Base64.decode(reader.unescaped(text).span) {
            payload = .decoded(bytes)
        } else {
            fault = DraftFault(
                .invalidEntry, "payloadBase64 is no base64 (RFC 4648, section 4, with padding)",
                parameter: field.rawValue)
        }
    }

    private mutating func readAttributes() throws(JSONFault) {
        guard try expect(.object, of: .attributes, #"an object like {"region":"eu"}"#) else { return }
        try reader.beginObject()
        while fault == nil, let name = try reader.nextName().map(reader.string) {
            if let found = reader.kind(), found != .text {
                try pass(found, insteadOf: .text)
                fault = DraftFault(
                    .invalidEntry, "attribute \(name.quoted) is \(found.name); expected text", parameter: "attributes")
                return
            }
            add(name, reader.string(try reader.text()))
        }
    }

    private mutating func readTTL(_ text: String) {
        do throws(Expected) {
            ttl = try ValueFormat.timeToLive.parse(text)
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
