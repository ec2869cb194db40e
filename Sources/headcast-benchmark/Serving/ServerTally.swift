/// What came of all rounds with one server.
struct ServerTally {
    /// Deliveries in a second, by round.
    private(set) var deliveries = Samples()
    private(set) var losses = Losses()
    private(set) var refused = 0
    private(set) var unanswered = 0
    private(set) var unsent = 0
    private(set) var longestWait = Duration.zero

    mutating func add(_ load: LoadOutcome, _ flow: FlowOutcome?) {
        refused += load.refused
        unanswered += load.unanswered
        unsent += load.unsent
        longestWait = max(longestWait, load.longestWait)
        guard let flow else { return }
        losses.add(flow)
        deliveries.append(flow.perSecond)
    }
}
