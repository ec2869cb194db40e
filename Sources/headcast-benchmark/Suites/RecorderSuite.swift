import Clocks

/// What a recorder acknowledges, a process of its own, next to a bare server and to a bare database.
struct RecorderSuite {
    let plan: Plan
    let progress: (String) -> Void
    let servers: Servers

    private static let batch = 500
    /// Responders that answer each message, of which the first makes the record.
    private static let many = 50
    /// The connections that the goal of single responses is about.
    private static let goalConnections = 64

    private var connections: [Int] { plan.choice([1, 16, Self.goalConnections], quick: [1, Self.goalConnections]) }

    func run() throws -> [Section] {
        let place = RecorderStage.place(plan)
        return [try singles(place), try batches(place), try memory(place)]
    }

    // MARK: Single responses

    private func singles(_ place: String) throws -> Section {
        var section = Section(
            name: "recorder",
            about:
                "Single POSTs of a response of 200 bytes, acknowledged once they are stored in \(place); of 50 responders to\n"
                + "a message one makes the record. Yardstick: a bare libmicrohttpd server that suspends and resumes every\n"
                + "request and stores nothing. Next to it a bare loop around the database, new rows only, as durable: one row in each\n"
                + "commit, and 500. The goal: 0.6 of the bare server, or 0.8 times one row in each commit times the mean\n"
                + "group, whichever is less.",
            unit: "responses/s")
        let stage = try RecorderStage(plan, servers)
        let bare = try servers.bareServer()
        let rows = try stage.rowLoop()
        for responders in [1, Self.many] {
            let load = ResponseLoad(responders: responders)
            for count in connections {
                progress("recorder: \(responders) responders, \(count) connections")
                var rounds = RecorderRounds(stage, load, connections: count)
                var bareTally = ServerTally()
                try rounds.run(
                    plan,
                    against: [
                        {
                            let outcome = try bare.timing {
                                try load.run(on: bare.endpoint, connections: count, for: plan.time)
                            }
                            bareTally.add(outcome)
                            return outcome.perSecond
                        },
                        { try rows.perSecond(1, for: plan.time) },
                        { try rows.perSecond(Self.batch, for: plan.time) },
                    ])
                section.rows.append(row(rounds, bareTally, responders, hasGoal: count == Self.goalConnections))
            }
        }
        return section
    }

    private func row(
        _ rounds: RecorderRounds, _ bare: ServerTally, _ responders: Int, hasGoal: Bool
    ) -> Row {
        let goal = rounds.comparison { round in
            let byGroup = 0.8 * rounds.yardsticks[1].values[round] * rounds.groups.values[round]
            let byServer = 0.6 * rounds.yardsticks[0].values[round]
            return min(byServer, byGroup)
        }
        return Row(
            ["connections": .number(rounds.connections), "responders": .number(responders)],
            rounds.comparison.figures + [
                Figure("rowsAlone", rounds.yardsticks[1].median, heading: "1 ROW"),
                Figure("rowsTogether", rounds.yardsticks[2].median, heading: "\(Self.batch) ROWS"),
                Figure("goal", hasGoal ? goal.yardstick.median : nil),
                Figure("ofGoal", hasGoal ? goal.ratios.median : nil, heading: "OF GOAL"),
            ] + rounds.tally.processorFigures(yardstick: bare) + rounds.figures)
    }

    // MARK: Batches

    private func batches(_ place: String) throws -> Section {
        var section = Section(
            name: "recorder-batches",
            about:
                "Batches of \(Self.batch) responses of 200 bytes, each a new record, stored in \(place).\n"
                + "Yardstick: a bare loop around the database, \(Self.batch) rows in each commit. The goal: 0.5 of it.",
            unit: "responses/s")
        let stage = try RecorderStage(plan, servers)
        let rows = try stage.rowLoop()
        let load = ResponseLoad(responsesPerRequest: Self.batch)
        for count in connections {
            progress("recorder: batches, \(count) connections")
            var rounds = RecorderRounds(stage, load, connections: count)
            try rounds.run(plan, against: [{ try rows.perSecond(Self.batch, for: plan.time) }])
            let goal = rounds.comparison { 0.5 * rounds.yardsticks[0].values[$0] }
            section.rows.append(
                Row(
                    ["connections": .number(count)],
                    rounds.comparison.figures + [
                        Figure("goal", goal.yardstick.median),
                        Figure("ofGoal", goal.ratios.median, heading: "OF GOAL"),
                    ] + rounds.figures))
        }
        return section
    }

    // MARK: Memory

    private func memory(_ place: String) throws -> Section {
        var section = Section(
            name: "recorder-memory",
            about:
                "Resident memory of a recorder as it starts, and after responses in batches of \(Self.batch) over 16 connections,\n"
                + "each a new record, stored in \(place).",
            unit: "bytes")
        progress("recorder: memory after \(plan.responses) responses")
        let stage = try RecorderStage(plan, servers)
        let start = stage.recorder.residentBytes
        let load = ResponseLoad(responsesPerRequest: Self.batch)
        let began = Instant.now
        var acknowledged = 0
        while acknowledged < plan.responses {
            let accepted = try load.run(on: stage.recorder.endpoint, connections: 16, for: .zero).accepted
            guard accepted > 0 else { throw BenchmarkFailure("the recorder refuses batches") }
            acknowledged += accepted * Self.batch
        }
        let seconds = (Instant.now - began).seconds
        section.rows.append(
            Row(
                ["responses": .number(acknowledged)],
                [
                    Figure("start", start.map { Double($0) }),
                    Figure("after", stage.recorder.residentBytes.map { Double($0) }),
                    Figure("peak", stage.recorder.peakBytes.map { Double($0) }),
                    Figure("database", stage.folder.map { Double($0.bytes) }),
                    Figure("perSecond", Double(acknowledged) / seconds, heading: "RESPONSES/S"),
                ]))
        return section
    }
}
