import Clocks
import FanOut

/// As many messages as leave and arrive, appended in process.
struct FanOutSuite {
    let plan: Plan
    let progress: (String) -> Void

    /// One way of ours, next to the bare loop.
    private struct Way {
        var format: MessageFormat
        var usesGRO: Bool
    }

    private static let ways = [
        Way(format: .raw, usesGRO: false), Way(format: .raw, usesGRO: true), Way(format: .enveloped, usesGRO: false),
        Way(format: .enveloped, usesGRO: true),
    ]

    func run() throws -> [Section] {
        var section = Section(
            name: "fanout",
            about:
                "Saturated fan-out in process: messages times subscribers that receivers counted and checked, enveloped\n"
                + "ones with the library's reader, on a thread for each processor. Yardstick: a bare sendmmsg loop, one\n"
                + "datagram for each, to receivers on one thread. Both wait for receivers whose buffers fill up. Wire bytes:\n"
                + "of a message to one subscriber, headers of IP and UDP included.",
            unit: "deliveries/s")
        for byteCount in plan.choice([200, 1_200], quick: [200]) {
            for count in plan.choice([1, 10, 100, 1_000], quick: [1, 100]) {
                progress("fanout: \(byteCount) bytes, \(count) subscribers")
                section.rows += try rows(count, Payload(count: byteCount))
            }
        }
        return [section, try large()]
    }

    /// Messages that are divided among hundreds of datagrams, which nothing in plain C does as well.
    private func large() throws -> Section {
        var section = Section(
            name: "fanout-large",
            about:
                "Messages of 1 MiB, enveloped, to subscribers with UDP_GRO that put them together and check them, as fast as\n"
                + "their buffers allow.",
            unit: "deliveries/s")
        let payload = Payload(count: 1 << 20)
        for count in plan.choice([1, 10], quick: [1]) {
            progress("fanout: 1 MiB, \(count) subscribers")
            let receivers = try Receivers(
                ReceiverPlan(
                    count: count, content: .envelope, usesGRO: true, payload: payload,
                    maximumThreads: ReceiverPlan.processorCount))
            let ours = try OurFanOut(
                to: receivers.endpoints, .enveloped, burstBytes: plan.burstBytes,
                maximumPayloadBytes: payload.bytes.count)
            var (rate, losses) = (Samples(), Losses())
            for _ in 0..<plan.rounds {
                let outcome = try Saturation(subscribers: receivers, time: plan.time).run(ours)
                rate.append(outcome.perSecond)
                losses.add(outcome)
            }
            section.rows.append(
                Row(["subscribers": .number(count)], [Figure("ours", rate.median)] + losses.figures()))
        }
        return section
    }

    private func rows(_ count: Int, _ payload: Payload) throws -> [Row] {
        let stock = try Receivers(ReceiverPlan(count: count, payload: payload))
        let bare = try BareLoop(to: stock.endpoints)
        let contenders = try Self.ways.map { try Contender($0, count, payload, plan) }
        let saturation = Saturation(subscribers: stock, time: plan.time)
        for round in 0..<plan.rounds {
            // The yardstick is the first in one round and the last in the next.
            let early = round.isMultiple(of: 2) ? saturation.run(bare) : nil
            let outcomes = try contenders.map { try $0.run() }
            let yardstick = early ?? saturation.run(bare)
            for (contender, outcome) in zip(contenders, outcomes) { contender.record(outcome, against: yardstick) }
        }
        return contenders.map { contender in
            Row(
                [
                    "bytes": .number(payload.bytes.count), "subscribers": .number(count),
                    "format": .text(contender.way.format.rawValue),
                    "receivers": .text(contender.way.usesGRO ? "gro" : "stock"),
                ],
                contender.comparison.figures + contender.losses.figures(yardstick: contender.yardstick)
                    + contender.times + [contender.ours.wireFigure])
        }
    }

    private final class Contender {
        let way: Way
        let receivers: Receivers
        let ours: OurFanOut
        private let saturation: Saturation
        var comparison = Comparison()
        var losses = Losses()
        var yardstick = Losses()
        private var (senderTime, receiverTime) = (Samples(), Samples())

        init(_ way: Way, _ count: Int, _ payload: Payload, _ plan: Plan) throws {
            self.way = way
            receivers = try Receivers(
                ReceiverPlan(
                    count: count, content: .init(of: way.format), usesGRO: way.usesGRO, payload: payload,
                    maximumThreads: ReceiverPlan.processorCount))
            ours = try OurFanOut(to: receivers.endpoints, way.format, burstBytes: plan.burstBytes)
            saturation = Saturation(subscribers: receivers, time: plan.time)
        }

        func run() throws -> FlowOutcome {
            try saturation.run(ours)
        }

        func record(_ outcome: FlowOutcome, against bare: FlowOutcome) {
            comparison.append(ours: outcome.perSecond, yardstick: bare.perSecond)
            losses.add(outcome)
            yardstick.add(bare)
            let deliveries = Double(max(1, outcome.deliveries))
            senderTime.append(Double(outcome.senderTime.nanoseconds) / deliveries)
            receiverTime.append(Double(outcome.receiverTime.nanoseconds) / deliveries)
        }

        /// What one delivery costs the sender, and the receivers together, of a processor.
        var times: [Figure] {
            [
                Figure("senderNanoseconds", senderTime.median, heading: "SENDER NS"),
                Figure("receiverNanoseconds", receiverTime.median, heading: "RECEIVER NS"),
            ]
        }
    }
}
