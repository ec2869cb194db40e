import Clocks

/// When a topic's name is looked up next.
///
/// One lookup at a time. Polls follow the answers' time to live; publishes that want a fresh membership bring the next
/// lookup forward.
struct LookupSchedule: Sendable {
    private let settings: MembershipSettings
    private var generator: JitterGenerator
    private var nextPoll: Instant

    /// Lookups started so far, which is also the number of the last one.
    private(set) var count: UInt64 = 0
    private(set) var lastStarted: Instant?
    private(set) var isUnderWay = false
    private var failures = 0

    init(settings: MembershipSettings, seed: UInt64, at now: Instant) {
        self.settings = settings
        generator = JitterGenerator(seed: seed)
        nextPoll = now
    }

    /// The next start; nil while a lookup is under way.
    ///
    /// - Parameter demandedAt: when the first publish that waits for a lookup came.
    func nextLookup(demandedAt: Instant?) -> Instant? {
        guard !isUnderWay else { return nil }
        guard let demandedAt else { return nextPoll }
        guard let lastStarted else { return min(nextPoll, demandedAt) }
        return min(nextPoll, max(demandedAt, lastStarted + settings.freshnessInterval))
    }

    mutating func start(at now: Instant) {
        guard !isUnderWay else { return }
        isUnderWay = true
        count += 1
        lastStarted = now
    }

    /// Ends the lookup under way; the next poll follows from the answer.
    ///
    /// - Parameter timeToLive: nil when there was no usable answer: then lookups come soon at first, and less often as
    ///   that repeats.
    mutating func finish(timeToLive: Duration?, at now: Instant) {
        isUnderWay = false
        let interval: Duration
        if let timeToLive {
            failures = 0
            interval = max(settings.shortestInterval, min(timeToLive, settings.longestInterval))
        } else {
            interval = min(settings.shortestInterval * (1 << failures), settings.longestInterval)
            failures = min(failures + 1, 16)
        }
        // Only ever longer: an answer that comes before the last one's time to live is over may be that one again.
        let jitter = Int64.random(in: 0...max(0, interval.nanoseconds / 10), using: &generator)
        nextPoll = now + interval + .nanoseconds(jitter)
    }
}

/// Spreads the polls of many topics and gateways; the same seed gives the same numbers.
///
/// The recurrence is SplitMix64: every seed, 0 included, gives well-spread numbers.
struct JitterGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
