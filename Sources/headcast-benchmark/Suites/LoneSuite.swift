import Clocks
import FanOut

/// One message at a time: from its append to its last datagram in the kernel's hands.
///
/// The next message waits until the one before has arrived everywhere.
struct LoneSuite {
    let plan: Plan
    let progress: (String) -> Void

    private static let payload = Payload(count: 200)

    func run() throws -> [Section] {
        var section = Section(
            name: "lone",
            about:
                "One message of 200 bytes: from its append to its last datagram handed to the kernel. Yardstick: a bare\n"
                + "sendmmsg loop to the same subscribers. Wire bytes: of a message to one, headers of IP and UDP included.",
            unit: "microseconds")
        for count in plan.choice([1, 10, 100, 1_000], quick: [1, 100]) {
            for format in [MessageFormat.raw, .enveloped] {
                progress("lone: \(format.rawValue), \(count) subscribers")
                section.rows.append(try row(count, format))
            }
        }
        return [section, try appending()]
    }

    /// What a message costs before anything is sent, and so what its envelope costs.
    private func appending() throws -> Section {
        var section = Section(
            name: "append",
            about: "What it takes of a processor to number a message and put it into the log, encoded if enveloped.",
            unit: "nanoseconds")
        for (byteCount, format) in [(200, MessageFormat.raw), (200, .enveloped), (64 << 10, .enveloped)] {
            progress("lone: appending \(byteCount) bytes, \(format.rawValue)")
            let payload = Payload(count: byteCount)
            let receivers = try Receivers(ReceiverPlan(count: 1, content: .any, payload: payload))
            let ours = try OurFanOut(to: receivers.endpoints, format, maximumPayloadBytes: byteCount)
            var times = Samples()
            let end = Instant.now + plan.time * plan.rounds
            while Instant.now < end || times.values.isEmpty {
                let count = max(1, Self.appendedBytes / byteCount)
                let start = ProcessorTime.ofThread
                for _ in 0..<count { try ours.publish(payload, at: .now) }
                times.append(Double(ProcessorTime.ofThread - start) / Double(count))
                ours.settle(at: .now)
            }
            section.rows.append(
                Row(
                    ["bytes": .number(byteCount), "format": .text(format.rawValue)],
                    [Figure("ours", times.median)]))
        }
        return section
    }

    /// Much less than a log holds.
    private static let appendedBytes = 1 << 20

    private func row(_ count: Int, _ format: MessageFormat) throws -> Row {
        // The same receivers for both, which do the same with what they get: a send also pays for waking them.
        let receivers = try Receivers(ReceiverPlan(count: count, content: .any, payload: Self.payload))
        let ours = try OurFanOut(to: receivers.endpoints, format)
        let bare = try BareLoop(to: receivers.endpoints)
        var measure = LoneMeasure(plan: plan, receivers: receivers)
        try measure.run(ours, bare)
        return Row(
            ["subscribers": .number(count), "format": .text(format.rawValue)],
            measure.comparison.figures + [Figure("lost", Double(measure.lost)), ours.wireFigure])
    }
}
