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

    mutating func opened() {
        isOpen = true
        trouble = nil
    }

    mutating func works() {
        trouble = nil
    }

    /// Something failed at `now`; it is worth another attempt a little later each time.
    mutating func failed(_ error: StoreError, at now: Moment) {
        let attempts = (trouble?.attempts ?? 0) + 1
        trouble = Trouble(
            error: error, since: trouble?.since ?? now, attempts: attempts,
            nextAttempt: now.instant + Self.pause(after: attempts))
    }

    /// Whether the store may be tried at `now`.
    func mayTry(at now: Instant) -> Bool {
        trouble.map { now >= $0.nextAttempt } ?? true
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
        case .full, .readOnly, .refused, .unsupported, .corrupt: false
        }
    }
}
