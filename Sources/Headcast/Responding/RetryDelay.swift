/// The waits between tries that fail: each twice as long as the one before, up to a bound.
struct RetryDelay {
    private var delay: Duration
    private let longest: Duration

    init(_ range: ClosedRange<Duration>) {
        delay = range.lowerBound
        longest = range.upperBound
    }

    /// The next wait, cut by a random part of up to a half.
    mutating func next() -> Duration {
        defer { delay = min(delay * 2, longest) }
        return delay * Double.random(in: 0.5...1)
    }
}
