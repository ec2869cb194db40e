import Clocks
import Digests

/// The publishes of one topic that bore an idempotency key, as far as they are remembered.
///
/// Each is remembered for ``lifetime`` from its answer on, or until ``capacity`` later ones took its place. One that is
/// under way is never forgotten.
struct IdempotencyStore<Receipt> {
    /// What becomes of a publish with a key.
    enum Claim {
        /// It is the first: publish it, then settle or release it.
        case new
        /// It was published before, with this receipt.
        case replay(Receipt)
        /// The key was used for something else.
        case mismatch
        /// The first with this key is not answered yet.
        case inProgress
        /// More are under way than can be remembered.
        case full
    }

    static var lifetime: Duration { .seconds(300) }

    private let capacity: Int
    private var publishes: [IdempotencyKey: Publish] = [:]
    /// What is settled, oldest first; each is in `publishes` once.
    private var settled = Queue<(key: IdempotencyKey, at: Instant)>()

    private struct Publish {
        let digest: SHA256Digest
        /// Nil while it is under way.
        var receipt: Receipt?
    }

    init(capacity: Int = 65_536) {
        self.capacity = capacity
    }

    /// How many publishes are remembered, those under way included.
    var count: Int { publishes.count }

    /// Whether a publish with `key` of what `digest` stands for is the first of its kind; if so, it is under way then.
    mutating func claim(_ key: IdempotencyKey, _ digest: SHA256Digest, at now: Instant) -> Claim {
        while let oldest = settled.first, now - oldest.at >= Self.lifetime { forget(oldest.key) }
        if let known = publishes[key] {
            guard known.digest == digest else { return .mismatch }
            return known.receipt.map { .replay($0) } ?? .inProgress
        }
        if publishes.count >= capacity {
            guard let oldest = settled.first else { return .full }
            forget(oldest.key)
        }
        publishes[key] = Publish(digest: digest)
        return .new
    }

    /// Remembers what became of a publish that was under way.
    mutating func settle(_ key: IdempotencyKey, with receipt: Receipt, at now: Instant) {
        guard let publish = publishes[key], publish.receipt == nil else { return }
        publishes[key]?.receipt = receipt
        settled.append((key, now))
    }

    /// Forgets a publish that was under way and came to nothing, so that it may be tried again.
    mutating func release(_ key: IdempotencyKey) {
        guard let publish = publishes[key], publish.receipt == nil else { return }
        publishes[key] = nil
    }

    private mutating func forget(_ key: IdempotencyKey) {
        publishes[key] = nil
        settled.removeFirst()
    }
}
