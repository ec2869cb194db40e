/// How much goes into one request: less once that is too much for the way or the recorder, then more again.
struct BatchSize {
    /// A recorder takes 16 MiB (its contract, POST /responses/batch); JSON's escapes need room.
    private static let most = 8 << 20
    /// What is too slow with less is not slow because of its size.
    private static let slow = 64 << 10

    /// What the responses may cost; a single one may cost more.
    private(set) var bytes = most

    /// There was no answer in time to several, which the same batch might never get.
    mutating func tookTooLong() {
        bytes = min(bytes, max(bytes / 2, Self.slow))
    }

    /// So much was refused for its size.
    mutating func wasTooLarge(bytes: Int) {
        self.bytes = bytes / 2
    }

    mutating func wentThrough() {
        bytes = min(bytes + bytes / 8 + 1, Self.most)
    }
}
