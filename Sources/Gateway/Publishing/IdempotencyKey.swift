import Service

/// What a publisher calls one publish, so that a repetition of it is known: 1 to 255 bytes of UTF-8, compared by byte.
struct IdempotencyKey: Hashable {
    let bytes: [UInt8]

    /// - Parameter name: what gave it: the header, or the member of an entry.
    init(_ bytes: [UInt8], from name: String = "Idempotency-Key") throws(DraftFault) {
        guard (1...Self.maximumBytes).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        else {
            throw DraftFault(
                .invalidParameter,
                "\(name) is not possible; expected 1 to \(Self.maximumBytes) bytes of UTF-8 without control characters",
                parameter: name)
        }
        self.bytes = bytes
    }

    /// Reads the value of a header `Idempotency-Key`.
    ///
    /// Between quotation marks it is a String of RFC 8941, section 3.3.3, as the IETF's draft for this header has it;
    /// else it is taken as it is.
    init(header value: Span<UInt8>) throws(DraftFault) {
        try self.init(value.unquoted)
    }

    private static let maximumBytes = 255
}
