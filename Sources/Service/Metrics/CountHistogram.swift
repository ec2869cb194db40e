/// How many of something came at once, counted by ranges (a Prometheus histogram, classic buckets).
///
/// The bounds reach from 1 to 10,000. Recording allocates nothing.
package struct CountHistogram: Sendable {
    /// Upper bounds, each included in its range.
    static let bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]

    /// By range, those beyond the last bound at the end.
    private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    private(set) var total = 0

    package init() {}

    package mutating func record(_ count: Int) {
        var index = 0
        while index < Self.bounds.count, count > Self.bounds[index] { index += 1 }
        counts[index] += 1
        total &+= count
    }
}
