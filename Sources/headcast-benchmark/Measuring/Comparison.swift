/// What Headcast and its yardstick reached in turns, round by round.
struct Comparison: Sendable {
    private(set) var ours = Samples()
    private(set) var yardstick = Samples()
    private(set) var ratios = Samples()

    /// Adds what both reached in one round, so that whatever disturbed the machine meanwhile disturbed both.
    mutating func append(ours: Double, yardstick: Double) {
        self.ours.append(ours)
        self.yardstick.append(yardstick)
        if yardstick > 0 { ratios.append(ours / yardstick) }
    }
}
