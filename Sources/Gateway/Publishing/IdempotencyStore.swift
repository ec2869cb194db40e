import Clocks
import Digests
import Service

/// The publishes of one topic that bore an idempotency key, as far as they are remembered.
///
/// Each is remembered for ``lifetime`` from its answer on, or until later ones took its place: there are ``capacity`` at
/// most, and the answered ones take ``maximumBytes``. One that is under way is never forgotten.
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
    private let maximumBytes: Int
    /// What those that are settled take.
    private var bytes = 0
    private var publishes: [IdempotencyKey: Publish] = [:]
    /// What is settled, oldest first; each is in `publishes` once.
    private var settled = Queue<(key: IdempotencyKey, at: Instant)>()

    private struct Publish {
        let digest: SHA256Digest
        /// Nil while it is under way.
        var receipt: Receipt?
        /// What it takes once it is settled.
        var bytes = 0
    }

    init(capacity: Int = 65_536, maximumBytes: Int = 32 << 20) {
        self.capacity = capacity
        self.maximumBytes = maximumBytes
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
    ///
    /// - Parameter receiptBytes: what keeping the receipt takes.
    mutating func settle(_ key: IdempotencyKey, with receipt: Receipt, receiptBytes: Int = 0, at now: Instant) {
        guard let publish = publishes[key], publish.receipt == nil else { return }
        let cost = Self.overheadBytes + key.bytes.count + receiptBytes
        publishes[key]?.receipt = receipt
        publishes[key]?.bytes = cost
        bytes += cost
        settled.append((key, now))
        while bytes > maximumBytes, let oldest = settled.first { forget(oldest.key) }
    }

    /// What a key and a receipt take besides their own bytes: the entry of a ledger, two places in tables, heads of arrays.
    private static var overheadBytes: Int { 400 }

    /// Forgets a publish that was under way and came to nothing, so that it may be tried again.
    mutating func release(_ key: IdempotencyKey) {
        guard let publish = publishes[key], publish.receipt == nil else { return }
        publishes[key] = nil
    }

    private mutating func forget(_ key: IdempotencyKey) {
        bytes -= publishes.removeValue(forKey: key)?.bytes ?? 0
        settled.removeFirst()
    }
}
