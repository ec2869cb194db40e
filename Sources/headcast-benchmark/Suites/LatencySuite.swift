import Clocks
import FanOut
import Glibc

/// How long a message takes from its POST to the last of ten subscribers.
struct LatencySuite {
    let plan: Plan
    let progress: (String) -> Void
    let servers: Servers

    private static let payload = Payload(count: 200)
    private static let subscribers = 10
    private static let connections = 64
    /// What an idle gateway gets: one at a time, now and then.
    private static let idleRate = 500.0

    func run() throws -> [Section] {
        var section = Section(
            name: "latency",
            about:
                "From a POST of 200 bytes to its arrival at the last of \(Self.subscribers) subscribers, at a share of the POST/s that"
                + " the gateway\nreaches at \(Self.connections) connections; at 0 %, \(Int(Self.idleRate)) a second on one connection."
                + " Yardstick: the whole loop in C, at the same rates.",
            unit: "microseconds")
        let receivers = try Receivers(
            ReceiverPlan(
                count: Self.subscribers, usesGRO: true, payload: Self.payload, timesArrivals: true))
        let load = LoadGenerator(Self.payload, .single)
        let ours = ServerLoad(try servers.gateway(to: receivers.endpoints, .raw), load, receivers)
        let theirs = ServerLoad(try servers.prototype(to: receivers.endpoints, .raw), load, receivers)
        try ours.awaitReadiness(plan)
        progress("latency: finding out what the gateway can take")
        try ours.warmUp(Self.connections)
        var tally = ServerTally()
        let most = try ours.run(Self.connections, for: plan.time, &tally).perSecond
        for share in [0, 50, 90] {
            progress("latency: \(share) % load")
            let rate = share == 0 ? Self.idleRate : most * Double(share) / 100
            section.rows.append(try row(share, rate, ours, theirs, receivers))
        }
        progress("latency: a bare loop")
        return [section, try wakingUp(receivers)]
    }

    /// What of a message's time no server can save.
    private func wakingUp(_ receivers: Receivers) throws -> Section {
        let bare = try BareLoop(to: receivers.endpoints)
        let interval = Duration.seconds(1 / Self.idleRate)
        _ = receivers.tally.takeSamples()
        var flow = Flow(to: receivers)
        let end = Instant.now + plan.time * plan.rounds
        while Instant.now < end {
            usleep(UInt32(interval.nanoseconds / 1_000))
            bare.send(Self.payload.stamped(UInt32(flow.published), at: .now))
            flow.notePublished(1)
        }
        let lost = flow.finish().lost
        let samples = receivers.tally.takeSamples()
        var section = Section(
            name: "latency-bare",
            about:
                "From the first of \(Self.subscribers) sends of a bare loop in C to the arrival at the last of the same subscribers,"
                + " \(Int(Self.idleRate)) times\na second: one sleeping thread is woken. A server in between is another, woken before.",
            unit: "microseconds")
        section.rows = [
            Row(
                ["rate": .number(Int(Self.idleRate))],
                [
                    Figure("median", samples.median), Figure("99th", samples.percentile(0.99)),
                    Figure("lost", Double(lost)),
                ])
        ]
        return section
    }

    private func row(
        _ share: Int, _ rate: Double, _ ours: ServerLoad, _ theirs: ServerLoad, _ receivers: Receivers
    ) throws -> Row {
        let connections = share == 0 ? 1 : Self.connections
        var (ourTally, theirTally) = (ServerTally(), ServerTally())
        var (ourLate, theirLate) = (Samples(), Samples())
        func median(_ server: ServerLoad, _ tally: inout ServerTally, _ late: inout Samples) throws -> Double {
            _ = receivers.tally.takeSamples()
            try server.run(connections, for: plan.time, rate: rate, &tally)
            let samples = receivers.tally.takeSamples()
            late.append(samples.percentile(0.99) ?? .nan)
            return samples.median ?? .nan
        }
        let comparison = try plan.alternate {
            try median(ours, &ourTally, &ourLate)
        } _: {
            try median(theirs, &theirTally, &theirLate)
        }
        return Row(
            ["loadPercent": .number(share), "rate": .number(Int(rate))],
            comparison.figures + [
                Figure("ours99th", ourLate.median, heading: "99TH"),
                Figure("yardstick99th", theirLate.median, heading: "C 99TH"),
                Figure("unsent", Double(ourTally.unsent)),
                Figure("yardstickUnsent", Double(theirTally.unsent), heading: "C UNSENT"),
            ] + ourTally.losses.figures(yardstick: theirTally.losses))
    }
}
