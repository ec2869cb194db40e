import Clocks

/// What came of all rounds with one server.
struct ServerTally {
    /// Deliveries in a second, by round.
    private(set) var deliveries = Samples()
    private(set) var losses = Losses()
    private(set) var refused = 0
    private(set) var unanswered = 0
    private(set) var unsent = 0
    private(set) var longestWait = Duration.zero
    private var accepted = 0
    private var serverTime = Duration.zero
    private var loadTime = Duration.zero

    mutating func add(_ load: LoadOutcome, _ flow: FlowOutcome? = nil) {
        accepted += load.accepted
        serverTime += load.serverTime
        loadTime += load.loadTime
        refused += load.refused
        unanswered += load.unanswered
        unsent += load.unsent
        longestWait = max(longestWait, load.longestWait)
        guard let flow else { return }
        losses.add(flow)
        deliveries.append(flow.perSecond)
    }

    /// Microseconds of processors that an accepted request took: the server's, and those of the load that asked.
    func processorFigures(yardstick: ServerTally) -> [Figure] {
        [
            Figure("serverMicroseconds", perRequest(serverTime), heading: "CPU US"),
            Figure("loadMicroseconds", perRequest(loadTime), heading: "LOAD US"),
            Figure("yardstickMicroseconds", yardstick.perRequest(yardstick.serverTime), heading: "C CPU US"),
            Figure("yardstickLoadMicroseconds", yardstick.perRequest(yardstick.loadTime), heading: "C LOAD US"),
        ]
    }

    private func perRequest(_ time: Duration) -> Double? {
        accepted > 0 ? time.seconds * 1e6 / Double(accepted) : nil
    }
}
