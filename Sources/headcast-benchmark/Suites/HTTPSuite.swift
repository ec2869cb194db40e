import Clocks
import Endpoints
import FanOut

/// Through the real gateway, a process of its own, from POSTs to what subscribers counted.
struct HTTPSuite {
    let plan: Plan
    let progress: (String) -> Void
    let servers: Servers

    private static let payload = Payload(count: 200)
    private static let subscribers = 100
    private static let batch = 100

    func run() throws -> [Section] {
        [try answering(), try publishing(), try batches()]
    }

    private var connections: [Int] { plan.choice([1, 16, 64, 128, 256, 1_000], quick: [1, 64]) }

    // MARK: No subscribers

    private func answering() throws -> Section {
        var section = Section(
            name: "http-answers",
            about:
                "Single POSTs of 200 bytes to a topic without subscribers. Yardstick: a bare libmicrohttpd server driven\n"
                + "from its own epoll that suspends and resumes every request.",
            unit: "POST/s")
        let nameServer = try EmptyNameServer()
        defer { withExtendedLifetime(nameServer) {} }
        let gateway = try servers.gateway(resolver: nameServer.endpoint, .raw)
        let bare = try servers.bareServer()
        let load = LoadGenerator(Self.payload, .single)
        let ours = ServerLoad(gateway, load)
        let theirs = ServerLoad(bare, load)
        try ours.awaitReadiness(plan)
        for count in connections {
            progress("http: no subscribers, \(count) connections")
            section.rows.append(try row(["connections": .number(count)], ours, theirs, connections: count))
        }
        return section
    }

    // MARK: Subscribers

    private func publishing() throws -> Section {
        var section = Section(
            name: "http-publishes",
            about:
                "Single POSTs of 200 bytes to \(Self.subscribers) subscribers with UDP_GRO, which count and check. Yardstick: the"
                + " whole\nloop in C, with the same runs and a receipt that is always the same.",
            unit: "POST/s")
        for format in [MessageFormat.raw, .enveloped] {
            let receivers = try receivers(format)
            let load = LoadGenerator(Self.payload, .single)
            let gateway = try servers.gateway(to: receivers.endpoints, format, burstBytes: plan.burstBytes)
            let ours = ServerLoad(gateway, load, receivers)
            let theirs = ServerLoad(try servers.prototype(to: receivers.endpoints, format), load, receivers)
            try ours.awaitReadiness(plan)
            for count in connections {
                progress("http: \(format.rawValue), \(Self.subscribers) subscribers, \(count) connections")
                section.rows.append(
                    try row(
                        ["format": .text(format.rawValue), "connections": .number(count)], ours, theirs,
                        connections: count))
            }
        }
        return section
    }

    private func row(
        _ labels: KeyValuePairs<String, Row.Label>, _ ours: ServerLoad, _ theirs: ServerLoad, connections: Int
    ) throws -> Row {
        try ours.warmUp(connections)
        try theirs.warmUp(connections)
        var (ourTally, theirTally) = (ServerTally(), ServerTally())
        let comparison = try plan.alternate {
            try ours.run(connections, for: plan.time, &ourTally).perSecond
        } _: {
            try theirs.run(connections, for: plan.time, &theirTally).perSecond
        }
        var figures = comparison.figures
        if ours.receivers != nil {
            figures += [
                Figure("deliveriesPerSecond", ourTally.deliveries.median, heading: "DELIVERIES/S"),
                Figure("yardstickDeliveriesPerSecond", theirTally.deliveries.median, heading: "C DELIVERIES/S"),
            ]
            figures += ourTally.losses.figures(yardstick: theirTally.losses)
        }
        return Row(
            labels,
            figures + ourTally.processorFigures(yardstick: theirTally) + [
                Figure("refused", Double(ourTally.refused)), Figure("unanswered", Double(ourTally.unanswered)),
                Figure("longestMilliseconds", ourTally.longestWait.seconds * 1_000, heading: "LONGEST MS"),
                Figure("yardstickLongestMilliseconds", theirTally.longestWait.seconds * 1_000, heading: "C LONGEST MS"),
            ])
    }

    // MARK: Batches

    private func batches() throws -> Section {
        var section = Section(
            name: "http-batches",
            about:
                "Batches of \(Self.batch) messages of 200 bytes to \(Self.subscribers) subscribers with UDP_GRO, which count and check."
                + "\nYardstick: a bare sendmmsg loop in process, one datagram for each.",
            unit: "deliveries/s")
        let stock = try Receivers(ReceiverPlan(count: Self.subscribers, payload: Self.payload))
        let bare = try BareLoop(to: stock.endpoints)
        for format in [MessageFormat.raw, .enveloped] {
            let receivers = try receivers(format, maximumThreads: ReceiverPlan.processorCount)
            let gateway = try servers.gateway(to: receivers.endpoints, format, burstBytes: plan.burstBytes)
            let ours = ServerLoad(gateway, LoadGenerator(Self.payload, .batch(Self.batch)), receivers)
            try ours.awaitReadiness(plan)
            for count in plan.choice([1, 16, 64], quick: [16]) {
                progress("http: batches, \(format.rawValue), \(count) connections")
                var tally = ServerTally()
                let comparison = try plan.alternate {
                    try ours.run(count, for: plan.time, &tally)
                    return tally.deliveries.values.last ?? 0
                } _: {
                    Saturation(subscribers: stock, time: plan.time).run(bare).perSecond
                }
                section.rows.append(
                    Row(
                        ["format": .text(format.rawValue), "connections": .number(count)],
                        comparison.figures + tally.losses.figures() + [
                            Figure("refused", Double(tally.refused)), Figure("unanswered", Double(tally.unanswered)),
                        ]))
            }
        }
        return section
    }

    private func receivers(_ format: MessageFormat, maximumThreads: Int = 1) throws -> Receivers {
        try Receivers(
            ReceiverPlan(
                count: Self.subscribers, content: .init(of: format), usesGRO: true, payload: Self.payload,
                maximumThreads: maximumThreads))
    }
}
