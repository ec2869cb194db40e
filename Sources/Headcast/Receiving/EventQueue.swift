import Synchronization

/// What waits between the receiving thread and the consumer: bounded, and what does not fit is counted.
///
/// One lock for each batch that comes in and each that goes out, none for a message.
final class EventQueue: Sendable {
    private typealias Waiter = CheckedContinuation<[Subscription.Event]?, Never>

    private struct State {
        /// In order; each array goes out as one.
        var batches: [[Subscription.Event]] = []
        var count = 0
        var bytes = 0
        /// What did not fit since something last did.
        var overflow = Subscription.Overflow()
        var counters = Subscription.Counters()
        /// Messages that expired while they waited.
        var expired = 0
        /// Those that did not fit or expired, since they were last taken.
        var dropped: [MessageKey] = []
        var waiter: Waiter?
        var isClosed = false
    }

    /// Small batches are joined up to so many events.
    private static let batchEvents = 256

    private let state = Mutex(State())
    /// Whether some may have been dropped, so that the lock is not taken for each datagram.
    private let hasDropped = Atomic(false)
    private let maximumEvents: Int
    private let maximumBytes: Int

    init(maximumEvents: Int, maximumBytes: Int) {
        // One of them tells what did not fit.
        self.maximumEvents = max(2, maximumEvents)
        self.maximumBytes = max(1, maximumBytes)
    }

    var counters: Subscription.Counters {
        state.withLock { state in
            var counters = state.counters
            counters.messages -= state.expired
            counters.expiredMessages += state.expired
            return counters
        }
    }

    /// Whether a consumer waits.
    var hasWaiter: Bool { state.withLock { $0.waiter != nil } }

    /// Counts a message that expired while it waited.
    func countExpired(_ message: Message) {
        state.withLock {
            $0.expired += 1
            note(dropped: message, in: &$0)
        }
    }

    /// The messages that were dropped here, so that those who publish them again are heard; each is told once.
    func takeDropped() -> [MessageKey] {
        guard hasDropped.exchange(false, ordering: .acquiring) else { return [] }
        return state.withLock { state in
            defer { state.dropped = [] }
            return state.dropped
        }
    }

    private func note(dropped message: Message, in state: inout State) {
        guard let key = MessageKey(message) else { return }
        state.dropped.append(key)
        hasDropped.store(true, ordering: .releasing)
    }

    /// Adds events, as many as fit; false once nobody takes them any more.
    ///
    /// - Parameter counters: of the reader; those of the queue itself are kept.
    func add(_ events: [Subscription.Event], _ counters: Subscription.Counters) -> Bool {
        let (waiter, batch, isOpen) = state.withLock { state -> (Waiter?, [Subscription.Event]?, Bool) in
            guard !state.isClosed else { return (nil, nil, false) }
            let overflow = state.counters.overflow
            state.counters = counters
            state.counters.overflow = overflow
            append(events, to: &state)
            guard let waiter = state.waiter, let batch = take(from: &state) else { return (nil, nil, true) }
            state.waiter = nil
            return (waiter, batch, true)
        }
        waiter?.resume(returning: batch)
        return isOpen
    }

    /// The next events; nil once the queue is closed and empty, and at once while another consumer waits.
    func next() async -> [Subscription.Event]? {
        await withCheckedContinuation { continuation in
            let (isDecided, batch) = state.withLock { state -> (Bool, [Subscription.Event]?) in
                if let batch = take(from: &state) { return (true, batch) }
                if state.isClosed || state.waiter != nil { return (true, nil) }
                state.waiter = continuation
                return (false, nil)
            }
            if isDecided { continuation.resume(returning: batch) }
        }
    }

    /// Ends it: what waits may still be taken.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter.take()
        }
        waiter?.resume(returning: nil)
    }

    private func append(_ events: [Subscription.Event], to state: inout State) {
        guard !events.isEmpty else { return }
        let bytes = events.reduce(0) { $0 + $1.cost }
        let fits = state.count + events.count < maximumEvents && state.bytes + bytes <= maximumBytes
        // With an overflow to tell of, room is made for it first, so that it stands where events are missing.
        if fits, state.overflow == Subscription.Overflow() { return enqueue(events, bytes: bytes, to: &state) }
        for event in events {
            // One that is alone has room whatever its size, or it never would.
            let fits = state.bytes + event.cost <= maximumBytes || state.bytes == 0
            guard state.count + 1 < maximumEvents, fits else {
                state.overflow.count(event)
                state.counters.overflow.count(event)
                if case .message(let message) = event { note(dropped: message, in: &state) }
                continue
            }
            tellOverflow(to: &state)
            enqueue([event], bytes: event.cost, to: &state)
        }
    }

    private func enqueue(_ events: [Subscription.Event], bytes: Int, to state: inout State) {
        state.count += events.count
        state.bytes += bytes
        if let last = state.batches.indices.last, state.batches[last].count + events.count <= Self.batchEvents {
            state.batches[last] += events
        } else {
            state.batches.append(events)
        }
    }

    private func tellOverflow(to state: inout State) {
        guard state.overflow != Subscription.Overflow() else { return }
        enqueue([.overflow(state.overflow)], bytes: 0, to: &state)
        state.overflow = Subscription.Overflow()
    }

    private func take(from state: inout State) -> [Subscription.Event]? {
        if state.batches.isEmpty { tellOverflow(to: &state) }
        guard !state.batches.isEmpty else { return nil }
        let batch = state.batches.removeFirst()
        state.count -= batch.count
        state.bytes -= batch.reduce(0) { $0 + $1.cost }
        return batch
    }
}

extension Subscription.Event {
    /// What keeping it takes, in bytes, but for the event itself.
    fileprivate var cost: Int {
        if case .message(let message) = self { message.cost } else { 0 }
    }
}

extension Subscription.Overflow {
    fileprivate mutating func count(_ event: Subscription.Event) {
        switch event {
        case .message(let message):
            messages += 1
            bytes += message.payload.count
        default: events += 1
        }
    }
}
