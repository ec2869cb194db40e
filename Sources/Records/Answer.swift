import Digests

/// What a responder has to say about a state key.
///
/// Two answers are the same when the bytes of the payload and the content type are.
package struct Answer: Hashable, Sendable {
    package let payload: [UInt8]
    package let contentType: Label?

    package init(payload: [UInt8], contentType: Label? = nil) {
        self.payload = payload
        self.contentType = contentType
    }

    /// 32 bytes that stand for the answer: SHA-256 of the content type and the payload.
    package var digest: [UInt8] {
        var hash = SHA256()
        // An empty text is no label, so it stands for none.
        hash.update(counted: contentType?.text ?? "")
        hash.update(payload.span.bytes)
        let digest = hash.digest()
        return [UInt8](unsafeUninitializedCapacity: 32) { bytes, count in
            for index in 0..<16 {
                let shift = UInt128(8 * (15 - index))
                bytes[index] = UInt8(truncatingIfNeeded: digest.high >> shift)
                bytes[index + 16] = UInt8(truncatingIfNeeded: digest.low >> shift)
            }
            count = 32
        }
    }

    /// About what it takes in memory and in a page, in bytes.
    package var sizeBytes: Int {
        payload.count + (contentType?.text.utf8.count ?? 0)
    }
}
