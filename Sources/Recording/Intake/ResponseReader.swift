import JSON
import Records
import Service

/// A response being read, member by member.
struct ResponseReader {
    private enum Field: String, CaseIterable {
        case messageId, key, responder, payload, payloadBase64, contentType, topic, sequence
    }

    private var reader: JSONReader
    private let maximumPayloadBytes: Int
    private var messageID: Label?
    private var key: Label?
    private var responder: Label?
    private var contentType: Label?
    private var topic: Label?
    private var payload: [UInt8]?
    private var sequence: UInt64?

    /// The response at `range` of `body`.
    static func read(_ body: [UInt8], in range: Range<Int>, maximumPayloadBytes: Int) throws(Refusal) -> Response {
        var entry = ResponseReader(reader: JSONReader(body, in: range), maximumPayloadBytes: maximumPayloadBytes)
        return try entry.read()
    }

    private init(reader: JSONReader, maximumPayloadBytes: Int) {
        self.reader = reader
        self.maximumPayloadBytes = maximumPayloadBytes
    }

    private mutating func read() throws(Refusal) -> Response {
        do throws(JSONFault) {
            try reader.beginObject()
        } catch {
            throw Self.refusal(error)
        }
        var fields = JSONFields<Field>()
        while let field = try next(&fields) { try read(field) }
        do throws(JSONFault) {
            try reader.end()
        } catch {
            throw Self.refusal(error)
        }
        guard let messageID, let key, let responder else {
            let labels: [(Field, Label?)] = [(.messageId, messageID), (.key, key), (.responder, responder)]
            let missing = labels.filter { $0.1 == nil }.map(\.0.rawValue)
            throw Self.refusal("the response has no \(missing.joined(separator: " and no "))")
        }
        guard let payload else {
            throw Self.refusal("the response has no payload; give payload or payloadBase64")
        }
        return Response(
            messageID: messageID, key: key, responder: responder,
            answer: Answer(payload: payload, contentType: contentType), topic: topic, sequence: sequence)
    }

    private mutating func next(_ fields: inout JSONFields<Field>) throws(Refusal) -> Field? {
        do throws(JSONFault) {
            return try fields.next(in: &reader)
        } catch {
            throw Self.refusal(error)
        }
    }

    private mutating func read(_ field: Field) throws(Refusal) {
        switch field {
        case .messageId: messageID = try label(field)
        case .key: key = try label(field)
        case .responder: responder = try label(field)
        case .contentType: if try !isNull() { contentType = try label(field) }
        case .topic: if try !isNull() { topic = try label(field) }
        case .sequence: if try !isNull() { sequence = try number() }
        case .payload, .payloadBase64: try readPayload(field)
        }
    }

    private mutating func readPayload(_ field: Field) throws(Refusal) {
        guard payload == nil else { throw Self.refusal("the response has both payload and payloadBase64; give one") }
        guard reader.kind() == .text else {
            throw Self.refusal(
                "\(field.rawValue) is not text; give a document as text, anything else as payloadBase64")
        }
        let bytes = try text(field)
        if field == .payload {
            payload = bytes
        } else {
            payload = Base64.decode(bytes.span)
            guard payload != nil else {
                throw Self.refusal("payloadBase64 is no base64 (RFC 4648, section 4, with padding)")
            }
        }
        guard let count = payload?.count, count > maximumPayloadBytes else { return }
        throw Refusal(
            .payloadTooLarge, "payload of \(count) bytes exceeds the limit of \(maximumPayloadBytes) bytes"
        ) { [maximumPayloadBytes] in $0.field("limit", maximumPayloadBytes) }
    }

    private mutating func label(_ field: Field) throws(Refusal) -> Label {
        let text: String
        do throws(JSONFault) {
            text = reader.string(try reader.text())
        } catch {
            throw Self.refusal(error, at: field)
        }
        do throws(LabelFault) {
            return try Label(text)
        } catch {
            throw Self.refusal("\(field.rawValue) \(error)")
        }
    }

    private mutating func text(_ field: Field) throws(Refusal) -> [UInt8] {
        do throws(JSONFault) {
            return reader.unescaped(try reader.text())
        } catch {
            throw Self.refusal(error, at: field)
        }
    }

    private mutating func number() throws(Refusal) -> UInt64 {
        let range: Range<Int>
        do throws(JSONFault) {
            range = try reader.number()
        } catch {
            throw Self.refusal(error, at: .sequence)
        }
        let text = String(decoding: reader.bytes[range], as: UTF8.self)
        // 7.0 and 7e0 are whole numbers, too, as far as they are exact.
        let number = UInt64(text) ?? Double(text).flatMap { $0 < 0x1p53 ? UInt64(exactly: $0) : nil }
        guard let number, number <= Self.maximumSequence else {
            throw Self.refusal("sequence is \(text.quoted); expected 0 to \(Self.maximumSequence)")
        }
        return number
    }

    /// What a database's integer holds.
    private static let maximumSequence = UInt64(Int64.max)

    /// Whether the next value is null, which is then behind the reader: the same as leaving the member out.
    private mutating func isNull() throws(Refusal) -> Bool {
        guard reader.kind() == .null else { return false }
        do throws(JSONFault) {
            try reader.null()
        } catch {
            throw Self.refusal(error)
        }
        return true
    }

    // MARK: Refusals

    private static func refusal(_ message: String) -> Refusal {
        Refusal(.invalidResponse, message)
    }

    private static func refusal(_ fault: JSONFault, at field: Field? = nil) -> Refusal {
        switch fault {
        case .expected: refusal("malformed JSON\(field.map { " in \($0.rawValue)" } ?? ""): \(fault)")
        case .unknownMember, .repeatedMember: refusal(fault.description)
        }
    }
}
