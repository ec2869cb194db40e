import Clocks

/// Takes the time of single messages, ours and the bare loop's in turns; each waits until the one before has arrived.
struct LoneMeasure {
    let plan: Plan
    let receivers: Receivers

    /// Microseconds; one pair of medians in each round.
    private(set) var comparison = Comparison()
    /// Deliveries that were sent and did not arrive.
    private(set) var lost = 0

    /// Messages that warm both up and are not counted.
    private static let warmUps = 20

    init(plan: Plan, receivers: Receivers) {
        self.plan = plan
        self.receivers = receivers
    }

    mutating func run(_ ours: OurFanOut, _ bare: BareLoop) throws {
        let payload = receivers.plan.payload
        for _ in 0..<Self.warmUps {
            _ = try time { try ours.publishAlone(payload) }
            _ = time { bare.send(payload) }
        }
        for _ in 0..<plan.rounds {
            var (ourTimes, bareTimes) = (Samples(), Samples())
            let end = Instant.now + plan.time
            var isOursFirst = true
            while Instant.now < end || ourTimes.values.count < 2 {
                if isOursFirst { ourTimes.append(try time { try ours.publishAlone(payload) }) }
                bareTimes.append(time { bare.send(payload) })
                if !isOursFirst { ourTimes.append(try time { try ours.publishAlone(payload) }) }
                isOursFirst.toggle()
            }
            comparison.append(ours: ourTimes.median ?? 0, yardstick: bareTimes.median ?? 0)
        }
    }

    private mutating func time(_ send: () throws -> Void) rethrows -> Double {
        var flow = Flow(to: receivers)
        let start = Instant.now
        try send()
        let time = Instant.now - start
        flow.notePublished(1)
        lost += flow.awaitArrival()
        return Double(time.nanoseconds) / 1_000
    }
}
