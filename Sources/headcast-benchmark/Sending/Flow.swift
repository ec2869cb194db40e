import Clocks
import Datagrams
import Glibc

/// Keeps a publisher from running further ahead of the receivers than their buffers hold.
///
/// Both sides are measured through the same: what counts is what arrives.
struct Flow {
    private let subscribers: any Subscribers
    /// How many messages may be under way.
    private let window: Int
    private let start: SubscriberCounts
    private let startedAt: Instant
    /// What the calling thread had used of a processor.
    private let processorTime = ProcessorTime.ofThread

    private(set) var published = 0
    /// Deliveries that are not waited for any more.
    private var writtenOff = 0
    private var seen = 0
    private var progressAt: Instant

    /// The most kernel memory that waiting datagrams may take, all sockets together.
    private static let maximumBytes = 256 << 20

    init(to subscribers: any Subscribers) {
        self.subscribers = subscribers
        let each = subscribers.plan.bufferBytes
        let room = min(subscribers.grantedBytes / 2, Self.maximumBytes / max(1, subscribers.plan.count))
        window = max(1, room / each)
        start = subscribers.counts
        startedAt = .now
        progressAt = startedAt
    }

    /// How many messages may be published now.
    mutating func room(at now: Instant) -> Int {
        look(at: now)
        if expected > 0, now - progressAt > subscribers.plan.patience { writtenOff += expected }
        return window - expected / max(1, subscribers.plan.count)
    }

    mutating func notePublished(_ count: Int) {
        published += count
    }

    /// Waits until what was published has arrived or is lost, and tells what came of it.
    mutating func finish() -> FlowOutcome {
        wait { usleep(50) }
        let now = subscribers.counts
        return FlowOutcome(
            sent: published * subscribers.plan.count, deliveries: seen, damaged: now.damaged - start.damaged,
            time: max(progressAt - startedAt, .nanoseconds(1)),
            senderTime: .nanoseconds(ProcessorTime.ofThread - processorTime),
            receiverTime: .nanoseconds(now.processorTime - start.processorTime))
    }

    /// Waits until what was published has arrived, without giving the core away; how much has not.
    mutating func awaitArrival() -> Int {
        wait { sched_yield() }
        return max(0, expected)
    }

    private mutating func wait(_ pause: () -> Void) {
        progressAt = .now
        look(at: progressAt)
        while expected > 0 {
            let now = Instant.now
            look(at: now)
            guard now - progressAt <= subscribers.plan.patience else { return }
            pause()
        }
    }

    /// Deliveries that are still to come.
    private var expected: Int { published * subscribers.plan.count - writtenOff - seen }

    private mutating func look(at now: Instant) {
        let arrived = subscribers.counts.deliveries - start.deliveries
        // While nothing is under way nothing can arrive.
        guard arrived != seen || expected == 0 else { return }
        seen = arrived
        progressAt = now
    }
}
