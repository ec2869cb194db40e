import Wire

/// A message as its publisher gave it, before it is numbered.
struct MessageDraft {
    var payload: DraftPayload
    var attributes = Attributes()
    /// After which it is of no use; nil for what the topic says.
    var ttl: Duration?
    var idempotencyKey: IdempotencyKey?

    /// The draft with those of `others` that it does not have itself.
    func adding(_ others: Attributes) throws(DraftFault) -> MessageDraft {
        guard !others.isEmpty else { return self }
        var draft = self
        for (name, value) in others.items where !draft.attributes.contains(name) {
            try draft.attributes.add(checking: name, value)
        }
        return draft
    }
}

/// Where the payload of a draft is.
enum DraftPayload {
    /// In the body of the request, as it came.
    case part(Range<Int>)
    /// Decoded from the body.
    case decoded([UInt8])

    /// Calls `read` with the payload of a draft that was made from `body`.
    func withBytes<Result>(of body: RawSpan, _ read: (RawSpan) throws -> Result) rethrows -> Result {
        switch self {
        case .part(let range): try read(body.extracting(range))
        case .decoded(let bytes): try read(bytes.span.bytes)
        }
    }
}
