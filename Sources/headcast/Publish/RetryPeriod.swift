import Clocks

/// For how long a message is tried again: the last time when the period ends.
struct RetryPeriod {
    let end: Instant

    init(until end: Instant) {
        self.end = end
    }

    /// How long to wait before the next try, `wanted` unless the period ends sooner; nil once it is over.
    func pause(_ wanted: Duration, at now: Instant) -> Duration? {
        now < end ? min(wanted, end - now) : nil
    }
}
