import Synchronization

/// What crosses from callers to the resolver's thread.
final class ResolverInbox: Sendable {
    struct Job: Sendable {
        var request: LookupRequest
        var observer: LookupObserver?
        var completion: @Sendable (LookupResult) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
    }

    let wakePipe: WakePipe
    private let state = Mutex(State())

    init() throws(ResolvingError) {
        wakePipe = try WakePipe()
    }

    /// Hands `job` over; false when the inbox is closed and nobody will take it.
    func add(_ job: Job) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isClosed else { return false }
            state.jobs.append(job)
            return true
        }
        if isAccepted { wakePipe.wake() }
        return isAccepted
    }

    func close() {
        state.withLock { $0.isClosed = true }
        wakePipe.wake()
    }

    /// All jobs that have come in, and whether they are the last.
    func take() -> (jobs: [Job], isClosed: Bool) {
        state.withLock { state in
            defer { state.jobs = [] }
            return (state.jobs, state.isClosed)
        }
    }
}
