import Synchronization

/// What receivers have counted so far; written by their threads, read by any.
final class ReceiverTally: Sendable {
    /// Messages that arrived whole and intact, each subscriber's counted.
    let deliveries = Atomic<Int>(0)
    /// Those that did not: another length, another filling, something unreadable.
    let damaged = Atomic<Int>(0)
    /// What the threads have used of processors, in nanoseconds.
    let processorTime = Atomic<Int>(0)

    private let samples = Mutex<[Double]>([])

    /// Keeps how long messages took, in microseconds.
    func add(_ microseconds: [Double]) {
        guard !microseconds.isEmpty else { return }
        samples.withLock { $0 += microseconds }
    }

    /// The times kept since this was last called.
    func takeSamples() -> Samples {
        samples.withLock { kept in
            defer { kept = [] }
            return Samples(kept)
        }
    }
}
