import Clocks
import FanOut

/// How many messages one subscriber takes, in a process of its own.
struct ReceiveSuite {
    let plan: Plan
    let progress: (String) -> Void

    func run() throws -> [Section] {
        var section = Section(
            name: "receive",
            about:
                "Enveloped messages that one subscriber takes from the library one by one and checks, as fast as\n"
                + "it can, each language in a process of its own; the sender, in this one, waits for it.\n"
                + "Microseconds: of a processor, for each message.",
            unit: "messages/s")
        let languages = [("swift", nil)] + (plan.pythonSubscriber.map { [("python", Optional($0))] } ?? [])
        for byteCount in plan.choice([200, 64 << 10]) {
            for (language, path) in languages {
                progress("receive: \(byteCount) bytes, \(language)")
                section.rows.append(try row(language, path, Payload(count: byteCount)))
            }
        }
        return [section]
    }

    private func row(_ language: String, _ path: String?, _ payload: Payload) throws -> Row {
        let subscriber = try SubscriberProcess(payload, python: path)
        // It is the subscriber that is to be the limit.
        let ours = try OurFanOut(
            to: [subscriber.endpoint], .enveloped, burstBytes: plan.burstBytes ?? 1 << 30,
            maximumPayloadBytes: payload.bytes.count)
        var (rates, times, losses) = (Samples(), Samples(), Losses())
        for _ in 0..<plan.rounds {
            let outcome = try Saturation(subscribers: subscriber, time: plan.time).run(ours)
            rates.append(outcome.perSecond)
            times.append(Double(outcome.receiverTime.nanoseconds) / 1_000 / Double(max(1, outcome.deliveries)))
            losses.add(outcome)
        }
        return Row(
            ["bytes": .number(payload.bytes.count), "subscriber": .text(language)],
            [Figure("ours", rates.median), Figure("subscriberMicroseconds", times.median, heading: "MICROSECONDS")]
                + losses.figures())
    }
}
