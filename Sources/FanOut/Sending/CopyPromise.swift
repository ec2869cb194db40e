import Clocks

/// After how long no copy comes any more of what was sent: what receivers are told, who take for lost what is missing then.
struct CopyPromise {
    /// How late a copy may leave without anybody having noticed before: a process with a CPU limit stands still for up to
    /// 100 ms at a time (CFS bandwidth control).
    static let margin: Duration = .milliseconds(100)
    /// What a byte takes to one subscriber, 1 GB/s, and as much again for a newer byte that leaves in between.
    private static let byteNanoseconds = 2
    /// More is not promised for what waits.
    private static let longestBacklog: Duration = .seconds(3_600)
    /// For how long copies that were late are reckoned with.
    private static let memory: Duration = .seconds(10)

    /// When the last copy is due of what has been published.
    private var dueUntil: Instant
    /// By how much copies left late of late, and when the worst of them did.
    private var lateness: Duration = .zero
    private var latestAt: Instant

    init(at now: Instant) {
        dueUntil = now
        latestAt = now
    }

    /// Notes that a message was published whose last copy is due at `due`.
    mutating func extend(to due: Instant) {
        dueUntil = max(dueUntil, due)
    }

    /// Notes that a copy leaves now that was due at `due`.
    mutating func noteCopy(due: Instant, at now: Instant) {
        let late = now - due
        guard late >= lateness || now - latestAt >= Self.memory else { return }
        lateness = late
        latestAt = now
    }

    /// What is promised now, in milliseconds, rounded up.
    ///
    /// - Parameters:
    ///   - owedBytes: bytes of all copies that are still to leave, to one subscriber; below 2^40.
    ///   - burstBytes: the most that one subscriber is sent in any millisecond.
    func milliseconds(owedBytes: Int, subscribers: Int, burstBytes: Int, at now: Instant) -> UInt32 {
        let pace = owedBytes / burstBytes * 2
        let sending = owedBytes / 1_024 * subscribers / 1_024 * Self.byteNanoseconds
        let backlog = min(.milliseconds(max(pace, sending)), Self.longestBacklog)
        let left = max(dueUntil - now, .zero) + Self.margin + lateness + backlog
        return UInt32(clamping: (left.nanoseconds + 999_999) / 1_000_000)
    }
}
