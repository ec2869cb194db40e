/// Deliveries that were sent, and those of them that did not arrive.
struct Losses: Sendable {
    private(set) var sent = 0
    private(set) var lost = 0
    private(set) var damaged = 0

    mutating func add(sent: Int, deliveries: Int, damaged: Int) {
        self.sent += sent
        lost += sent - deliveries
        self.damaged += damaged
    }

    mutating func add(_ outcome: FlowOutcome) {
        add(sent: outcome.sent, deliveries: outcome.deliveries, damaged: outcome.damaged)
    }

    /// Lost ones of a hundred that were sent; nil if none were.
    var percent: Double? { sent > 0 ? Double(lost) / Double(sent) * 100 : nil }

    /// What a report tells of ours and, next to it, of the yardstick's.
    func figures(yardstick: Losses? = nil) -> [Figure] {
        var figures = [Figure("lostPercent", percent, heading: "LOST %")]
        if let yardstick { figures.append(Figure("yardstickLostPercent", yardstick.percent, heading: "C LOST %")) }
        return figures + [Figure("damaged", Double(damaged + (yardstick?.damaged ?? 0)))]
    }
}
