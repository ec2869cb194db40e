import JSON

/// The lines of a batch on its way to the gateway (`POST /publish/{topic}/batch`).
struct BatchBody {
    /// What a gateway takes.
    static let maximumEntries = 1_000
    static let maximumBytes = 16 << 20

    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// The Content-Type of every payload.
    let contentType: String?

    /// Whether it is one entry that no batch has room for, though its payload may well be one that a topic takes.
    var isTooLong: Bool { bytes.count > Self.maximumBytes }

    init(contentType: String?) {
        self.contentType = contentType
    }

    /// Adds a payload as one entry; false, and nothing is added, when a gateway would not take the batch any more.
    ///
    /// The first is added however long it is, see ``isTooLong``.
    mutating func add(_ payload: [UInt8]) -> Bool {
        guard count < Self.maximumEntries else { return false }
        var json = JSONWriter(reserving: 16 + payload.count)
        json.object {
            if (try? UTF8Span(validating: payload.span)) != nil {
                $0.field("payload", utf8: payload.span)
            } else {
                $0.field("payloadBase64", utf8: Base64.encode(payload.span).span)
            }
            if let contentType { $0.field("contentType", contentType) }
        }
        json.newline()
        guard count == 0 || bytes.count + json.bytes.count <= Self.maximumBytes else { return false }
        bytes += json.bytes
        count += 1
        return true
    }
}
