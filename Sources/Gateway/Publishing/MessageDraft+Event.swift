import JSON
import Service
import Wire

extension MessageDraft {
    /// Reads the event at `range` of `body` (CloudEvents JSON Event Format 1.0.2).
    ///
    /// JSON in `data` becomes the payload as it stands there, byte for byte.
    ///
    /// - Parameter others: attributes that came with the event, as headers of its request.
    init(event range: Range<Int>, of body: [UInt8], adding others: Attributes = Attributes()) throws(DraftFault) {
        var event = EventReader(JSONReader(body, in: range))
        do throws(JSONFault) {
            try event.read()
        } catch {
            throw DraftFault(.invalidEvent, error)
        }
        if let fault = event.fault { throw fault }
        try event.context.check()
        attributes = Attributes()
        let contentType = event.contentType ?? (event.data == nil ? nil : "application/json")
        if let contentType { try attributes.add(checking: "content-type", contentType) }
        for (name, value) in event.context.attributes.items + others.items {
            try attributes.add(checking: name, value)
        }
        payload = try event.payload()
    }

    /// Reads the event that a payload is.
    init(event payload: DraftPayload, of body: [UInt8]) throws(DraftFault) {
        let bytes = payload.withBytes(of: body.span.bytes) { bytes in bytes.withUnsafeBytes { [UInt8]($0) } }
        try self.init(event: 0..<bytes.count, of: bytes)
        if case .part(let range) = self.payload { self.payload = .decoded(Array(bytes[range])) }
    }

    /// Where the events of a batch stand in `body` (CloudEvents JSON Event Format 1.0.2, section 4).
    static func events(in body: [UInt8]) throws(DraftFault) -> [Range<Int>] {
        var events: [Range<Int>] = []
        var reader = JSONReader(body)
        do throws(JSONFault) {
            try reader.beginArray()
            while try reader.nextElement() {
                events.append(try reader.skip())
                if events.count > BatchLines.maximumEntries { break }
            }
            if events.count <= BatchLines.maximumEntries { try reader.end() }
        } catch {
            throw DraftFault(.malformedRequest, error)
        }
        guard events.count <= BatchLines.maximumEntries else { throw BatchLines.tooMany }
        return events
    }
}

/// One event being read, member by member.
private struct EventReader {
    var reader: JSONReader
    var context = EventContext()
    var contentType: String?
    /// Where `data` stands, and its text if it is text.
    var data: (range: Range<Int>, text: JSONText?)?
    var base64: JSONText?
    /// What is wrong with a member that can be read.
    var fault: DraftFault?

    init(_ reader: JSONReader) {
        self.reader = reader
    }

    mutating func read() throws(JSONFault) {
        if let kind = reader.kind(), kind != .object {
            do throws(JSONFault) {
                try reader.skip()
                try reader.end()
            } catch {
                // A word was taken for null, true or false by its first letter.
                throw .expected("an object", byte: 1)
            }
            fault = DraftFault(.invalidEvent, "the event is \(kind.name); expected an object")
            return
        }
        try reader.beginObject()
        while fault == nil, let name = try reader.nextName().map(reader.string) {
            switch name {
            case "data":
                guard data == nil else { throw .repeatedMember(name) }
                data = try value()
            case "data_base64":
                guard base64 == nil else { throw .repeatedMember(name) }
                base64 = try reader.text()
            case "datacontenttype":
                guard contentType == nil else { throw .repeatedMember(name) }
                if let text = try attribute(name) { contentType = text }
                if contentType?.isEmpty == true { fault = EventContext.empty(name) }
            default:
                guard let value = try attribute(name) else { continue }
                do throws(DraftFault) { try context.add(name, value) } catch { fault = error }
            }
        }
        if fault == nil { try reader.end() }
    }

    /// The payload that `data` or `data_base64` is.
    func payload() throws(DraftFault) -> DraftPayload {
        if let base64 {
            guard data == nil else { throw DraftFault(.invalidEvent, "the event has both data and data_base64") }
            guard let bytes = Base64.decode(reader.unescaped(base64).span) else {
                throw DraftFault(.invalidEvent, "data_base64 is no base64 (RFC 4648, section 4, with padding)")
            }
            return .decoded(bytes)
        }
        guard let data else { return .decoded([]) }
        guard let text = data.text, let contentType, !MediaType(contentType).isJSON else { return .part(data.range) }
        return text.hasEscapes ? .decoded(reader.unescaped(text)) : .part(text.range)
    }

    private mutating func value() throws(JSONFault) -> (range: Range<Int>, text: JSONText?) {
        guard reader.kind() == .text else { return (try reader.skip(), nil) }
        let text = try reader.text()
        return (text.range.lowerBound - 1..<text.range.upperBound + 1, text)
    }

    /// The value of a context attribute in its canonical text form; nil where it is null, which is like absent.
    private mutating func attribute(_ name: String) throws(JSONFault) -> String? {
        let kind = reader.kind()
        guard kind == .text || kind == .null || !EventContext.texts.contains(name) else {
            try reader.skip()
            fault = DraftFault(.invalidEvent, "attribute \(name.quoted) is not text")
            return nil
        }
        switch kind {
        case .text:
            return reader.string(try reader.text())
        case .bool:
            return try reader.bool() ? "true" : "false"
        case .number:
            let text = String(decoding: reader.bytes[try reader.number()], as: UTF8.self)
            // To JSON 7 and 7.0 are one number.
            if let integer = Double(text).flatMap({ Int32(exactly: $0) }) { return String(integer) }
            fault = DraftFault(
                .invalidEvent, "attribute \(name.quoted) is \(text.quoted); expected an integer of 32 bits")
        case .null:
            try reader.null()
        default:
            try reader.skip()
            fault = DraftFault(.invalidEvent, "attribute \(name.quoted) is no text, number or truth value")
        }
        return nil
    }
}
