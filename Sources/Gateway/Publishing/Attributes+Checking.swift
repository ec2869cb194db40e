import Service
import Wire

extension Attributes {
    /// How many attributes a message may be published with, so that checking them takes no time worth mentioning.
    static let maximumCount = 128

    /// Adds an attribute that a publisher gave for itself, or says why not: those of events make no sense one by one.
    mutating func add(own name: String, _ value: String, source: @autoclosure () -> String? = nil) throws(DraftFault) {
        guard !name.hasPrefix(EventContext.prefix) else {
            throw DraftFault(
                .invalidAttribute,
                "\(source() ?? "attribute \(name.quoted)") belongs to an event; publish a CloudEvent, in JSON or with ce- headers"
            )
        }
        try add(checking: name, value, source: source())
    }

    /// Adds an attribute that a publisher gave, or says why not.
    ///
    /// - Parameter source: what gave it, for messages: `header Ce-Id`; the name if left out.
    mutating func add(checking name: String, _ value: String, source: @autoclosure () -> String? = nil)
        throws(DraftFault)
    {
        func fault(_ predicate: String) -> DraftFault {
            DraftFault(.invalidAttribute, "\(source() ?? "attribute \(name.quoted)") \(predicate)")
        }
        guard Self.isName(name) else {
            throw DraftFault(
                .invalidAttribute,
                "attribute name \(name.quoted) is not possible; expected 1 to 64 of a-z, 0-9, -, _ and .")
        }
        if let control = value.controlCharacter { throw fault("holds the control character U+\(control)") }
        guard !contains(name) else { throw fault("is given more than once; give it once") }
        guard items.count < Self.maximumCount else {
            throw fault("is one too many; a message has at most \(Self.maximumCount) attributes")
        }
        guard add(name, value) else {
            throw fault(
                "makes attributes longer than \(MessageHead.maximumAttributeBytes) bytes, names and values together")
        }
    }
}

extension String {
    /// The code point of the first character that no header, no line and no environment can carry, and CloudEvents rules
    /// out: those before the space, and U+007F to U+009F.
    fileprivate var controlCharacter: String? {
        var last: UInt8 = 0
        for byte in utf8 {
            let isSecondOfTwo = last == 0xC2 && byte < 0xA0
            if byte < 0x20 || byte == 0x7F || isSecondOfTwo {
                let digits = String(byte, radix: 16, uppercase: true)
                return String(repeating: "0", count: 4 - digits.count) + digits
            }
            last = byte
        }
        return nil
    }
}
