import Clocks

/// A recorder under one kind of load in turns with its yardsticks, round by round.
struct RecorderRounds {
    /// One of those that take turns: what it reached in a second.
    typealias Turn = () throws -> Double

    let stage: RecorderStage
    let load: ResponseLoad
    let connections: Int

    /// Responses that were acknowledged in a second.
    private(set) var ours = Samples()
    /// By yardstick, as they were given.
    private(set) var yardsticks: [Samples] = []
    private(set) var groups = Samples()
    private(set) var newShares = Samples()
    private(set) var tally = ServerTally()

    init(_ stage: RecorderStage, _ load: ResponseLoad, connections: Int) {
        self.stage = stage
        self.load = load
        self.connections = connections
    }

    mutating func run(_ plan: Plan, against turns: [Turn]) throws {
        _ = try load.run(on: stage.recorder.endpoint, connections: connections, for: plan.time / 10)
        yardsticks = turns.map { _ in Samples() }
        for round in 0..<plan.rounds {
            let order = [Int](-1..<turns.count)
            for index in round % 2 == 0 ? order : order.reversed() {
                if index < 0 { try runOurs(plan.time) } else { yardsticks[index].append(try turns[index]()) }
            }
        }
    }

    private mutating func runOurs(_ time: Duration) throws {
        let before = try stage.metrics
        let outcome = try stage.recorder.timing {
            try load.run(on: stage.recorder.endpoint, connections: connections, for: time)
        }
        let counted = try stage.metrics.since(before)
        tally.add(outcome)
        let acknowledged = outcome.accepted * load.responsesPerRequest
        guard counted.stored + counted.repeated >= Double(acknowledged), counted.diverged == 0 else {
            throw BenchmarkFailure("\(acknowledged) responses were acknowledged and the recorder counts \(counted)")
        }
        ours.append(outcome.perSecond * Double(load.responsesPerRequest))
        groups.append(counted.meanGroup ?? .nan)
        newShares.append(counted.newPercent ?? .nan)
    }

    /// The medians of ours and of the first yardstick, and that of their ratios.
    var comparison: Comparison {
        var comparison = Comparison()
        for (our, theirs) in zip(ours.values, yardsticks[0].values) { comparison.append(ours: our, yardstick: theirs) }
        return comparison
    }

    /// Ours next to a goal that each round sets anew.
    func comparison(_ goal: (_ round: Int) -> Double) -> Comparison {
        var comparison = Comparison()
        for (round, our) in ours.values.enumerated() { comparison.append(ours: our, yardstick: goal(round)) }
        return comparison
    }

    /// What a report tells of any load.
    var figures: [Figure] {
        [
            Figure("group", groups.median), Figure("newPercent", newShares.median, heading: "NEW %"),
            Figure("refused", Double(tally.refused)), Figure("unanswered", Double(tally.unanswered)),
            Figure("longestMilliseconds", tally.longestWait.seconds * 1_000, heading: "LONGEST MS"),
            Figure("residentBytes", stage.recorder.residentBytes.map { Double($0) }, heading: "RESIDENT BYTES"),
        ]
    }
}
