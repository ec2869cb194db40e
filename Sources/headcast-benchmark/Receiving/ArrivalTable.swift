import Clocks

/// Finds out when each message has reached the last subscriber.
struct ArrivalTable {
    private struct Row {
        var sentAt: Int64 = 0
        var arrivals = 0
    }

    /// More messages than are ever under way.
    private static let capacity = 1 << 16

    private let subscribers: Int
    private var rows = [Row](repeating: Row(), count: capacity)

    /// How long messages took to their last subscriber, in microseconds.
    private(set) var samples: [Double] = []

    init(subscribers: Int) {
        self.subscribers = subscribers
    }

    /// Notes that one subscriber has what was sent at `sentAt`, in nanoseconds of the monotonic clock.
    mutating func note(sentAt: Int64, number: UInt32, at now: Instant) {
        let index = Int(number) % Self.capacity
        if rows[index].sentAt != sentAt { rows[index] = Row(sentAt: sentAt) }
        rows[index].arrivals += 1
        guard rows[index].arrivals == subscribers else { return }
        samples.append(Double(now.nanoseconds - sentAt) / 1_000)
    }

    mutating func takeSamples() -> [Double] {
        defer { samples.removeAll(keepingCapacity: true) }
        return samples
    }
}
