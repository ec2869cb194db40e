import Clocks
import Records

/// How the store does, as far as its writer has told, and when to try it again. Loop thread only.
struct StoreHealth {
    /// Why the store takes nothing at the moment.
    struct Trouble {
        let error: StoreError
        /// When it began, also as something else.
        let since: Moment
        /// How often it was tried since.
        let attempts: Int
        let nextAttempt: Instant
    }

    private(set) var isOpen = false
    /// Nil while the store does what it is asked.
    private(set) var trouble: Trouble?
    /// When something else than the writer gave reason to ask it.
    private var doubtfulSince: Instant?

    mutating func opened() {
        isOpen = true
        works()
    }

    mutating func works() {
        trouble = nil
        doubtfulSince = nil
    }

    /// The store could not be read at `now`; whether it takes changes is worth a check.
    mutating func doubts(at now: Instant) {
        doubtfulSince = doubtfulSince ?? now
    }

    /// Something failed at `now`; it is worth another attempt a little later each time.
    mutating func failed(_ error: StoreError, at now: Moment) {
        doubtfulSince = nil
        let attempts = (trouble?.attempts ?? 0) + 1
        trouble = Trouble(
            error: error, since: trouble?.since ?? now, attempts: attempts,
            nextAttempt: now.instant + Self.pause(after: attempts))
    }

    /// Whether the store may be tried at `now`.
    func mayTry(at now: Instant) -> Bool {
        trouble.map { now >= $0.nextAttempt } ?? true
    }

    /// When to find out whether the store works, although nothing waits for it; nil where that is not worth it.
    ///
    /// Else an idle recorder would go on telling of a trouble that is over, and nothing of one that has begun. Not of a
    /// full store: to change a few bytes may find room where no response does.
    var nextCheck: Instant? {
        guard isOpen else { return nil }
        guard let trouble else { return doubtfulSince }
        if case .full = trouble.error { return nil }
        return trouble.nextAttempt
    }

    /// 50 ms, doubled with each attempt, at most 2 s.
    private static func pause(after attempts: Int) -> Duration {
        min(.milliseconds(50) * (1 << min(attempts - 1, 6)), .seconds(2))
    }
}

extension StoreError {
    /// Whether it is worth it that requests wait: it may be over soon, by itself.
    var isBrief: Bool {
        switch self {
        case .unavailable, .inUse: true
        case .full, .readOnly, .gone, .refused, .unsupported, .corrupt: false
        }
    }
}
