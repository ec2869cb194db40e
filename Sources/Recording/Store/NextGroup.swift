import Records
import Synchronization

/// What the writer stores after the group that it is at: the loop adds to it until the writer takes it.
///
/// So the writer goes on without waiting for the loop, which may be busy with a hundred requests. ``open()``, ``add(_:)``
/// and ``close()`` are the loop's, ``take()`` and ``abandon()`` the writer's.
final class NextGroup: Sendable {
    private struct State {
        var responses: [Response] = []
        var bytes = 0
        /// Whether the writer will come and look.
        var isOpen = false
    }
    private let state = Mutex(State())
    private let maximumResponses: Int
    private let maximumBytes: Int

    init(maximumResponses: Int, maximumBytes: Int) {
        self.maximumResponses = maximumResponses
        self.maximumBytes = maximumBytes
    }

    /// Lets the writer find more after the group that it is about to be given.
    func open() {
        state.withLock { $0.isOpen = true }
    }

    /// Takes the first of `candidates`, of about so many bytes each, as far as there is room; none if the writer will not
    /// look again. Gives how many.
    func add(_ candidates: some Sequence<(response: Response, bytes: Int)>) -> Int {
        state.withLock { state in
            guard state.isOpen else { return 0 }
            let count = state.responses.count
            for (response, bytes) in candidates {
                guard state.responses.count < maximumResponses,
                    state.responses.isEmpty || state.bytes + bytes <= maximumBytes
                else { break }
                state.responses.append(response)
                state.bytes += bytes
            }
            return state.responses.count - count
        }
    }

    /// Nothing more is added: the writer is to be given something else once it has stored what is here.
    func close() {
        state.withLock { $0.isOpen = false }
    }

    /// What the writer stores next. If that is nothing, it will not look again before ``open()``.
    func take() -> [Response] {
        state.withLock { state in
            if state.responses.isEmpty { state.isOpen = false }
            defer { (state.responses, state.bytes) = ([], 0) }
            return state.responses
        }
    }

    /// Nothing of this will be stored, nor anything before ``open()``.
    func abandon() {
        close()
        // Let go of outside the lock, for which the loop may be waiting.
        _ = take()
    }
}
