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
        return [section]
    }

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
