import CCrypto

/// A SHA-256 (FIPS 180-4) in the making.
///
/// Done by OpenSSL, which uses the processor's own instructions; making one takes about a microsecond.
package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    package init() {
        // Either fails only without memory, in which Swift would stop the process, too.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("no memory for a digest")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    package mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// Adds the text in UTF-8 behind its length in 8 bytes, so that no two lists of texts add the same.
    package mutating func update(counted text: String) {
        update(text.utf8.count)
        var text = text
        text.withUTF8 { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// Adds a number in 8 bytes, big-endian.
    package mutating func update(_ number: Int) {
        withUnsafeBytes(of: UInt64(bitPattern: Int64(number)).bigEndian) {
            _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
    }

    /// Adds a digest, 32 bytes.
    package mutating func update(_ digest: SHA256Digest) {
        withUnsafeBytes(of: (digest.high.bigEndian, digest.low.bigEndian)) {
            _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
    }

    package consuming func digest() -> SHA256Digest {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        span.withUnsafeMutableBufferPointer { _ = EVP_DigestFinal_ex(context, $0.baseAddress, nil) }
        var words: (high: UInt128, low: UInt128) = (0, 0)
        for index in 0..<16 {
            words.high = words.high << 8 | UInt128(bytes[index])
            words.low = words.low << 8 | UInt128(bytes[index + 16])
        }
        return SHA256Digest(high: words.high, low: words.low)
    }
}

/// 256 bits that stand for what was digested.
package struct SHA256Digest: Hashable, Sendable {
    /// The first 16 bytes.
    package let high: UInt128
    /// The last 16 bytes.
    package let low: UInt128
}
