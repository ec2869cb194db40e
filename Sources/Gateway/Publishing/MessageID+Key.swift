import Digests
import FanOut

extension MessageID {
    /// The id of a publish with an idempotency key, which is the same at every gateway: a UUID of version 8 (RFC 9562,
    /// section 5.8) from SHA-256 of topic, key and what was published.
    init(topic: String, key: IdempotencyKey, digest: SHA256Digest) {
        var hash = SHA256()
        hash.update(counted: topic)
        hash.update(key.bytes.count)
        hash.update(key.bytes.span.bytes)
        hash.update(digest)
        var bits = hash.digest().high
        bits = bits & ~(0xF << 76) | 0x8 << 76
        bits = bits & ~(0b11 << 62) | 0b10 << 62
        self.init(bits: bits)
    }
}
