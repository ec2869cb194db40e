import Clocks

/// How long something took, counted by ranges (a Prometheus histogram, classic buckets).
///
/// The bounds reach from 50 us to 2.5 s. Recording allocates nothing.
package struct DurationHistogram: Sendable {
    /// Upper bounds in nanoseconds, each included in its range, and as the label `le` has them in seconds.
    static let bounds: [(nanoseconds: Int64, label: String)] = [
        (50_000, "0.00005"), (100_000, "0.0001"), (250_000, "0.00025"), (500_000, "0.0005"),
        (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"), (10_000_000, "0.01"),
        (25_000_000, "0.025"), (50_000_000, "0.05"), (100_000_000, "0.1"), (250_000_000, "0.25"),
        (500_000_000, "0.5"), (1_000_000_000, "1"), (2_500_000_000, "2.5"),
    ]

    /// By range, those beyond the last bound at the end.
    private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    private(set) var totalNanoseconds: Int64 = 0

    package init() {}

    /// Counts one duration; a negative one counts as zero.
    package mutating func record(_ duration: Duration) {
        let nanoseconds = max(0, duration.nanoseconds)
        var index = 0
        while index < Self.bounds.count, nanoseconds > Self.bounds[index].nanoseconds { index += 1 }
        counts[index] += 1
        totalNanoseconds &+= nanoseconds
    }
}
