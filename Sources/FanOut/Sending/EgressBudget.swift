import Clocks

/// Bounds a topic's payload bytes per second, counted after fan-out.
///
/// Unused budget is kept for at most one second. A message dearer than a whole second's budget may leave when that
/// much has been saved, and the debt is then waited for.
struct EgressBudget {
    /// Bytes per second.
    let bytesPerSecond: Int
    private var saved: Double
    private var readAt: Instant?

    init(bytesPerSecond: Int) {
        self.bytesPerSecond = bytesPerSecond
        saved = Double(bytesPerSecond)
    }

    /// Takes `byteCount` from the budget; if there is not enough, takes nothing and returns how long to wait.
    mutating func take(_ byteCount: Int, at now: Instant) -> Duration? {
        let rate = Double(bytesPerSecond)
        if let readAt, now > readAt { saved = min(rate, saved + (now - readAt).seconds * rate) }
        readAt = max(readAt ?? now, now)
        let needed = min(Double(byteCount), rate)
        // A microsecond more than computed: whoever waits as told must not be refused for what rounding took.
        guard saved >= needed else { return .seconds((needed - saved) / rate) + .microseconds(1) }
        saved -= Double(byteCount)
        return nil
    }
}
