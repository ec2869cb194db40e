import MicroHTTP
import Service
import Wire

/// What the headers of a publish tell about its message.
///
/// Attributes come from Content-Type, `traceparent`, `tracestate`, `ce-…` (CloudEvents HTTP Protocol Binding 1.0.2,
/// section 3.1) and `Headcast-Attribute-NAME`. Feed it every header of the request, in order.
struct PublishHeaders {
    /// Nil without one; curl's own counts as none.
    private(set) var contentType: String?
    /// The same without its parameters.
    private(set) var mediaType: MediaType?
    private(set) var idempotencyKey: IdempotencyKey?
    /// The first thing that is wrong with them.
    private(set) var fault: DraftFault?

    private var event = EventContext()
    private var others = Attributes()
    private var states: [String] = []

    static let attributePrefix = "headcast-attribute-"

    init() {}

    init(_ exchange: Exchange) {
        exchange.forEachHeader { add(name: $0, value: $1) }
    }

    /// Whether they say that the body is an event's data.
    var isEvent: Bool { !event.isEmpty }

    /// Whether they tell nothing, so that the message is the body and nothing else.
    var isEmpty: Bool {
        contentType == nil && idempotencyKey == nil && event.isEmpty && others.isEmpty && states.isEmpty
    }

    mutating func add(name: Span<UInt8>, value: Span<UInt8>) {
        guard fault == nil, let kind = Kind(name) else { return }
        do throws(DraftFault) {
            try read(kind, name, value)
        } catch {
            fault = DraftFault(error.code, error.message, parameter: Self.text(name))
        }
    }

    /// What a header is about.
    private enum Kind {
        case contentType, idempotencyKey, traceparent, tracestate, event, attribute

        /// Nil, without making text of it, for a header that tells nothing here.
        init?(_ name: Span<UInt8>) {
            guard let first = name.isEmpty ? nil : name[0] | 0x20 else { return nil }
            switch first {
            case UInt8(ascii: "c") where name.begins(EventContext.prefix): self = .event
            case UInt8(ascii: "c") where name.equals("content-type"): self = .contentType
            case UInt8(ascii: "h") where name.begins(attributePrefix): self = .attribute
            case UInt8(ascii: "i") where name.equals("idempotency-key"): self = .idempotencyKey
            case UInt8(ascii: "t") where name.equals("traceparent"): self = .traceparent
            case UInt8(ascii: "t") where name.equals("tracestate"): self = .tracestate
            default: return nil
            }
        }
    }

    /// The attributes of a message whose payload is the body; an event in binary mode if there is any `ce-…`.
    func attributes() throws(DraftFault) -> Attributes {
        if let fault { throw fault }
        if !event.isEmpty { try event.check() }
        var attributes = Attributes()
        if let contentType { try attributes.add(checking: "content-type", contentType) }
        for (name, value) in event.attributes.items { try attributes.add(checking: name, value) }
        for (name, value) in try eventAttributes().items { try attributes.add(checking: name, value) }
        return attributes
    }

    /// The attributes of a message whose payload, Content-Type and context an event in the body gives.
    func eventAttributes() throws(DraftFault) -> Attributes {
        if let fault { throw fault }
        var attributes = others
        if !states.isEmpty { try attributes.add(checking: "tracestate", states.joined(separator: ",")) }
        return attributes
    }

    private mutating func read(_ kind: Kind, _ name: Span<UInt8>, _ value: Span<UInt8>) throws(DraftFault) {
        switch kind {
        case .contentType:
            let text = try Self.value(value, of: name)
            guard contentType == nil else { throw Self.repeated(name, .invalidAttribute) }
            let type = MediaType(text)
            guard !text.isEmpty, type != .form else { return }
            contentType = text
            mediaType = type
        case .idempotencyKey:
            guard idempotencyKey == nil else { throw Self.repeated(name, .invalidParameter) }
            idempotencyKey = try IdempotencyKey(header: value)
        case .traceparent:
            try others.add(checking: "traceparent", try Self.value(value, of: name), source: Self.header(name))
        case .tracestate:
            // Several are one list (W3C Trace Context, section 3.3.1).
            states.append(try Self.value(value, of: name))
        case .event:
            let attribute = Self.text(name).lowercased().dropFirst(EventContext.prefix.utf8.count)
            guard attribute != "datacontenttype" else {
                throw DraftFault(.invalidEvent, "\(Self.header(name)) is not possible; give Content-Type")
            }
            try event.add(String(attribute), try Self.eventText(value, of: name))
        case .attribute:
            let attribute = Self.text(name).lowercased().dropFirst(Self.attributePrefix.utf8.count)
            try others.add(own: String(attribute), try Self.value(value, of: name), source: Self.header(name))
        }
    }

    private static func text(_ name: Span<UInt8>) -> String {
        name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The header by its name, for messages.
    private static func header(_ name: Span<UInt8>) -> String { "header \(text(name))" }

    private static func repeated(_ name: Span<UInt8>, _ code: ErrorCode) -> DraftFault {
        DraftFault(code, "\(header(name)) is given more than once; give it once")
    }

    private static func value(_ value: Span<UInt8>, of name: Span<UInt8>) throws(DraftFault) -> String {
        guard let text = value.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else {
            throw DraftFault(.invalidAttribute, "\(header(name)) is not UTF-8")
        }
        return text
    }

    /// The text that CloudEvents encodes so (HTTP Protocol Binding 1.0.2, section 3.1.3.2): maybe in quotation marks,
    /// then percent-encoded.
    private static func eventText(_ value: Span<UInt8>, of name: Span<UInt8>) throws(DraftFault) -> String {
        do throws(TargetFault) {
            return try PercentDecoding.text(of: value.unquoted.span)
        } catch {
            throw DraftFault(.invalidEvent, "\(header(name)): \(error)")
        }
    }
}

extension Span<UInt8> {
    /// Whether these bytes begin with `prefix`, which is lower case, when ASCII capitals count as small letters.
    fileprivate func begins(_ prefix: String) -> Bool {
        guard count >= prefix.utf8.count else { return false }
        for (index, expected) in prefix.utf8.enumerated() {
            let byte = self[index]
            let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            if (isCapital ? byte | 0x20 : byte) != expected { return false }
        }
        return true
    }

    fileprivate func equals(_ text: String) -> Bool { count == text.utf8.count && begins(text) }
}
