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

    /// Whether they tell nothing, so that the message is the body and nothing else.
    var isEmpty: Bool {
        contentType == nil && idempotencyKey == nil && event.isEmpty && others.isEmpty && states.isEmpty
    }

    mutating func add(name: Span<UInt8>, value: Span<UInt8>) {
        guard fault == nil, Self.mayMatter(name) else { return }
        let written = String(decoding: name.indices.map { name[$0] }, as: UTF8.self)
        do throws(DraftFault) {
            try read(written.lowercased(), written, value)
        } catch {
            fault = DraftFault(error.code, error.message, parameter: written)
        }
    }

    /// The type of the body, without parameters.
    var mediaType: MediaType? { contentType.map { MediaType($0) } }

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

    private mutating func read(_ name: String, _ written: String, _ value: Span<UInt8>) throws(DraftFault) {
        switch name {
        case "content-type":
            let text = try Self.text(value, of: written)
            guard contentType == nil else {
                throw DraftFault(.invalidAttribute, "header \(written) is given more than once; give it once")
            }
            if !text.isEmpty, MediaType(text) != .form { contentType = text }
        case "idempotency-key":
            guard idempotencyKey == nil else {
                throw DraftFault(.invalidParameter, "header \(written) is given more than once; give it once")
            }
            idempotencyKey = try IdempotencyKey(header: value)
        case "traceparent":
            try others.add(checking: name, try Self.text(value, of: written), source: "header \(written)")
        case "tracestate":
            // Several are one list (W3C Trace Context, section 3.3.1).
            states.append(try Self.text(value, of: written))
        case "ce-datacontenttype":
            throw DraftFault(.invalidEvent, "header \(written) is not possible; give Content-Type")
        case _ where name.hasPrefix(EventContext.prefix):
            try event.add(
                String(name.dropFirst(EventContext.prefix.utf8.count)), try Self.eventText(value, of: written))
        case _ where name.hasPrefix(Self.attributePrefix):
            let attribute = String(name.dropFirst(Self.attributePrefix.utf8.count))
            try others.add(checking: attribute, try Self.text(value, of: written), source: "header \(written)")
        default: break
        }
    }

    /// A test that nearly every header fails, so that no text is made of it.
    private static func mayMatter(_ name: Span<UInt8>) -> Bool {
        guard name.count > 3 else { return false }
        switch name[0] | 0x20 {
        case UInt8(ascii: "c"), UInt8(ascii: "i"), UInt8(ascii: "t"), UInt8(ascii: "h"): return true
        default: return false
        }
    }

    private static func text(_ value: Span<UInt8>, of header: String) throws(DraftFault) -> String {
        guard let text = value.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) else {
            throw DraftFault(.invalidAttribute, "header \(header) is not UTF-8")
        }
        return text
    }

    /// The text that CloudEvents encodes so (HTTP Protocol Binding 1.0.2, section 3.1.3.2): maybe in quotation marks,
    /// then percent-encoded.
    private static func eventText(_ value: Span<UInt8>, of header: String) throws(DraftFault) -> String {
        do throws(TargetFault) {
            return try PercentDecoding.text(of: value.unquoted.span)
        } catch {
            throw DraftFault(.invalidEvent, "header \(header): \(error)")
        }
    }
}
