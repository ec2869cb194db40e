import Synchronization

/// Responses on their way to the recorder: bounded, in the order they were taken.
final class Outbox: Sendable {
    typealias Response = Responder.Response

    /// Who waits for room, in their order: then what they have is taken.
    private struct Waiter {
        let number: UInt64
        let response: Response
        /// Is told whether it was taken.
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Those that are not in a request under way.
        var waiting: [Response] = []
        /// What the responses without an answer take, those under way among them.
        var bytes = 0
        /// Has the number of those.
        var counters = Responder.Counters()
        var isClosed = false
        var hasEnded = false
        var waiters: [Waiter] = []
        var waitersSoFar: UInt64 = 0
        var endWaiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What a recorder takes at once (its contract, POST /responses/batch).
    private static let maximumBatch = 1_000

    private let state = Mutex(State())
    private let maximumResponses: Int
    private let maximumBytes: Int
    private let bell: Bell

    init(_ options: Responder.Options, _ bell: Bell) {
        maximumResponses = max(1, options.outboxResponses)
        maximumBytes = options.outboxBytes
        self.bell = bell
    }

    var counters: Responder.Counters { state.withLock(\.counters) }

    /// Whether the thread sends no more.
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Takes a response as soon as there is room for it, and for those that came before.
    func add(_ response: Response) async throws(ResponderError) {
        guard let number = state.withLock({ take(response, in: &$0) ? nil : Self.nextNumber(in: &$0) }) else {
            return bell.ring()
        }
        let isTaken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDecided = state.withLock { state -> Bool? in
                    if state.isClosed || Task.isCancelled { return false }
                    if take(response, in: &state) { return true }
                    state.waiters.append(Waiter(number: number, response: response, continuation: continuation))
                    return nil
                }
                if let isDecided { continuation.resume(returning: isDecided) }
            }
        } onCancel: {
            let (waiter, taken) = state.withLock { state -> (Waiter?, [Waiter]) in
                guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return (nil, []) }
                // Those behind it may need less room.
                return (state.waiters.remove(at: index), admitWaiters(in: &state))
            }
            waiter?.continuation.resume(returning: false)
            for waiter in taken { waiter.continuation.resume(returning: true) }
        }
        guard isTaken else { throw Task.isCancelled ? .cancelled : .finished }
        bell.ring()
    }

    /// Takes nothing more.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            return Self.takeWaiters(from: &state)
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
        bell.ring()
    }

    /// Returns once the thread is done, or has given up.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.endWaiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: The thread's side

    /// What goes next, up to so many bytes but one response at least; sleeps while there is nothing.
    ///
    /// Nil once all is answered and no more will come, or at `stop`.
    func next(upTo bytes: Int, or stop: Int32) -> [Response]? {
        while !Bell.hasRung(stop) {
            let (batch, isClosed) = state.withLock { (Self.takeBatch(upTo: bytes, from: &$0), $0.isClosed) }
            guard batch.isEmpty else { return batch }
            if isClosed { return nil }
            bell.wait(or: stop)
        }
        return nil
    }

    /// Notes what became of a batch.
    ///
    /// - Parameter outcome: holds those that have to be sent again, which go before all others.
    func settle(_ batch: [Response], _ outcome: BatchOutcome) {
        let taken = state.withLock { state in
            state.waiting.insert(contentsOf: outcome.again, at: 0)
            state.bytes += outcome.again.reduce(0) { $0 + $1.cost } - batch.reduce(0) { $0 + $1.cost }
            state.counters.waiting += outcome.again.count - batch.count
            state.counters.stored += outcome.stored
            state.counters.repeated += outcome.repeated
            state.counters.diverged += outcome.diverged
            state.counters.refused += outcome.refused
            if !outcome.again.isEmpty { state.counters.retries += 1 }
            if outcome.failure != nil || outcome.again.count < batch.count {
                state.counters.failure = outcome.failure?.reason
            }
            return admitWaiters(in: &state)
        }
        for waiter in taken { waiter.continuation.resume(returning: true) }
    }

    /// The thread sends no more.
    func end() {
        let (waiters, endWaiters) = state.withLock { state in
            state.isClosed = true
            state.hasEnded = true
            defer { state.endWaiters = [] }
            return (Self.takeWaiters(from: &state), state.endWaiters)
        }
        for waiter in waiters { waiter.continuation.resume(returning: false) }
        for waiter in endWaiters { waiter.resume() }
    }

    private static func takeBatch(upTo maximumBytes: Int, from state: inout State) -> [Response] {
        var bytes = 0
        var count = 0
        for response in state.waiting.prefix(maximumBatch) {
            bytes += response.cost
            guard count == 0 || bytes <= maximumBytes else { break }
            count += 1
        }
        defer { state.waiting.removeFirst(count) }
        return Array(state.waiting[..<count])
    }

    // MARK: Room

    /// Takes a response if there is room for it and nobody waits for that; one always fits.
    private func take(_ response: Response, in state: inout State) -> Bool {
        guard !state.isClosed, state.waiters.isEmpty, hasRoom(for: response, in: state) else { return false }
        admit(response, to: &state)
        return true
    }

    /// Takes what has room now, in the order in which it came.
    private func admitWaiters(in state: inout State) -> [Waiter] {
        var count = 0
        while count < state.waiters.count, hasRoom(for: state.waiters[count].response, in: state) {
            admit(state.waiters[count].response, to: &state)
            count += 1
        }
        defer { state.waiters.removeFirst(count) }
        return Array(state.waiters[..<count])
    }

    private func hasRoom(for response: Response, in state: State) -> Bool {
        guard state.counters.waiting > 0 else { return true }
        return state.counters.waiting < maximumResponses && state.bytes + response.cost <= maximumBytes
    }

    private func admit(_ response: Response, to state: inout State) {
        state.counters.waiting += 1
        state.bytes += response.cost
        state.waiting.append(response)
    }

    private static func nextNumber(in state: inout State) -> UInt64 {
        state.waitersSoFar += 1
        return state.waitersSoFar
    }

    private static func takeWaiters(from state: inout State) -> [Waiter] {
        defer { state.waiters = [] }
        return state.waiters
    }
}
