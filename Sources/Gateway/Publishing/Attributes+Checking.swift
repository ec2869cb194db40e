import Service
import Wire

extension Attributes {
    /// How many attributes a message may be published with, so that checking them takes no time worth mentioning.
    static let maximumCount = 128

    /// Adds an attribute that a publisher gave, or says why not.
    ///
    /// - Parameter source: what gave it, for messages: `header Ce-Id`; the name if left out.
    mutating func add(checking name: String, _ value: String, source: String? = nil) throws(DraftFault) {
        let subject = source ?? "attribute \(name.quoted)"
        func fault(_ predicate: String) -> DraftFault { DraftFault(.invalidAttribute, "\(subject) \(predicate)") }
        guard Self.isName(name) else {
            throw DraftFault(
                .invalidAttribute,
                "attribute name \(name.quoted) is not possible; expected 1 to 64 of a-z, 0-9, -, _ and .")
        }
        if let control = value.unicodeScalars.first(where: \.isControl) {
            throw fault("holds the control character U+\(control.codePoint)")
        }
        guard self[name] == nil else { throw fault("is given more than once; give it once") }
        guard items.count < Self.maximumCount else {
            throw fault("is one too many; a message has at most \(Self.maximumCount) attributes")
        }
        guard add(name, value) else {
            throw fault(
                "makes attributes longer than \(MessageHead.maximumAttributeBytes) bytes, names and values together")
        }
    }
}

extension Unicode.Scalar {
    /// Whether it is one of those that no header, no line and no environment can carry, and CloudEvents rules out.
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    fileprivate var codePoint: String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
