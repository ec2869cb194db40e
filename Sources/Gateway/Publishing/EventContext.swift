import Clocks
import Service
import Wire

/// The context attributes of an event (CloudEvents 1.0.2, "Context Attributes") on their way to a message's attributes.
///
/// `type` becomes `ce-type`, and so on. `datacontenttype` is none of them: it becomes `content-type`.
struct EventContext {
    private(set) var attributes = Attributes()

    var isEmpty: Bool { attributes.isEmpty }

    /// Adds the attribute that CloudEvents calls `name`.
    mutating func add(_ name: String, _ value: String) throws(DraftFault) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isOfEventName) else {
            throw DraftFault(
                .invalidEvent,
                "attribute name \(name.quoted) is none of CloudEvents'; expected lower-case letters and digits")
        }
        if value.isEmpty, Self.texts.contains(name) {
            throw Self.empty(name)
        }
        try attributes.add(checking: Self.prefix + name, value)
    }

    /// Checks that nothing is missing that an event must have.
    func check() throws(DraftFault) {
        for name in Self.required where attributes[Self.prefix + name] == nil {
            throw DraftFault(.invalidEvent, "the event lacks the attribute \(name)")
        }
        guard let version = attributes[Self.prefix + "specversion"], version == "1.0" else {
            let version = attributes[Self.prefix + "specversion"] ?? ""
            throw DraftFault(.invalidEvent, "specversion is \(version.quoted); expected 1.0")
        }
        for name in Self.times {
            guard let time = attributes[Self.prefix + name], RFC3339.milliseconds(time) == nil else { continue }
            throw DraftFault(
                .invalidEvent, "\(name) is \(time.quoted); expected RFC 3339, like 2026-11-23T09:30:00Z")
        }
    }

    static func empty(_ name: String) -> DraftFault {
        DraftFault(.invalidEvent, "attribute \(name) of the event is empty")
    }

    static let prefix = "ce-"
    /// When what has these attributes expires by itself (CloudEvents extension "Expiry Time"); nil if it does not.
    ///
    /// In milliseconds since 1970.
    static func expiry(in attributes: Attributes) -> Int64? {
        attributes[prefix + "expirytime"].flatMap(RFC3339.milliseconds)
    }

    private static let times = ["time", "expirytime"]
    private static let required = ["specversion", "id", "source", "type"]
    /// What is text, and not empty, by the specification.
    static let texts = required + ["subject", "time", "dataschema", "datacontenttype"]
}

extension UInt8 {
    fileprivate var isOfEventName: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
