import Clocks

/// Keeps what one subscriber is sent under a number of bytes in any millisecond.
///
/// A receive buffer of default size overflows when a burst arrives faster than its reader wakes up; a pause of a
/// millisecond between bursts of 64 KiB is enough for it. Bytes are counted in eighths of a millisecond, and a sum over
/// nine of them covers every window of one.
struct Pace {
    /// Bytes per millisecond; also the most that leaves in one go.
    let burstBytes: Int
    private var slots = InlineArray<9, Int>(repeating: 0)
    private var newest: Int64 = 0
    private var sum = 0

    private static let slot: Int64 = 125_000

    init(burstBytes: Int) {
        self.burstBytes = burstBytes
    }

    /// Nil when `byteCount` may leave now, else when to ask again.
    ///
    /// More than ``burstBytes`` may leave once nothing was sent for a millisecond: a datagram cannot be divided.
    mutating func delay(for byteCount: Int, at now: Instant) -> Instant? {
        turn(to: now)
        guard sum > 0, sum + byteCount > burstBytes else { return nil }
        var remaining = sum
        for age in stride(from: Int64(8), through: 0, by: -1) {
            remaining -= slots[Int((newest - age + 9) % 9)]
            if remaining == 0 || remaining + byteCount <= burstBytes {
                return Instant(nanoseconds: (newest - age + 9) * Self.slot)
            }
        }
        return Instant(nanoseconds: (newest + 9) * Self.slot)
    }

    /// Counts `byteCount` as sent.
    mutating func record(_ byteCount: Int, at now: Instant) {
        turn(to: now)
        slots[Int(newest % 9)] += byteCount
        sum += byteCount
    }

    private mutating func turn(to now: Instant) {
        let current = max(now.nanoseconds, 0) / Self.slot
        guard current > newest else { return }
        for step in (newest + 1)...max(newest + 1, min(current, newest + 9)) {
            sum -= slots[Int(step % 9)]
            slots[Int(step % 9)] = 0
        }
        if current - newest >= 9 {
            slots = InlineArray(repeating: 0)
            sum = 0
        }
        newest = current
    }
}
