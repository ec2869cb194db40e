/// 1 to 256 bytes of UTF-8 that name something: a message, a state key, a responder, a topic, a content type.
///
/// Two labels are equal when each byte is; Unicode's equivalent spellings are different labels, as they are to a
/// database.
package struct Label: Sendable {
    package static let maximumBytes = 256

    package let text: String

    package init(_ text: String) throws(LabelFault) {
        guard !text.utf8.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.maximumBytes else { throw .tooLong(bytes: text.utf8.count) }
        self.text = text
    }

    @inlinable
    package init(utf8 bytes: some Collection<UInt8>) throws(LabelFault) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes: bytes.count) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        try self.init(text)
    }
}

extension Label: Hashable, Comparable, CustomStringConvertible {
    package static func == (left: Label, right: Label) -> Bool {
        // What String tells apart differs in its bytes, too, and it compares bytes first; ASCII has no other spelling.
        guard left.text == right.text else { return false }
        let isASCII = left.text.utf8Span.isKnownASCII && right.text.utf8Span.isKnownASCII
        return isASCII || left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// In the order of the bytes.
    package static func < (left: Label, right: Label) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// String's own hash, which equivalent spellings share; ``==(_:_:)`` tells them apart.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    package var description: String { text }
}

/// Why something is no label.
package enum LabelFault: Error, Hashable, Sendable {
    case empty
    case tooLong(bytes: Int)
    case notUTF8
}

extension LabelFault: CustomStringConvertible {
    /// To stand after the name of what is at fault: `key` …
    package var description: String {
        switch self {
        case .empty: "is empty; expected 1 to \(Label.maximumBytes) bytes of UTF-8"
        case .tooLong(let bytes): "of \(bytes) bytes exceeds the limit of \(Label.maximumBytes)"
        case .notUTF8: "is not UTF-8"
        }
    }
}
