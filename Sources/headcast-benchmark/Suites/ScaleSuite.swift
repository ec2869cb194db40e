import Clocks
import Endpoints
import FanOut

/// What each subscriber costs, in time and in memory, as they become many.
struct ScaleSuite {
    let plan: Plan
    let progress: (String) -> Void
    let servers: Servers

    private static let payload = Payload(count: 200)

    func run() throws -> [Section] {
        [try cost(), try memory()]
    }

    private func cost() throws -> Section {
        var section = Section(
            name: "scale",
            about:
                "One message of 200 bytes, raw, divided by its subscribers, of which each has an address and all share one\n"
                + "socket. Yardstick: a bare sendmmsg loop to the same.",
            unit: "nanoseconds/subscriber")
        for count in plan.choice([10, 100, 1_000, 10_000], quick: [10, 10_000], trial: [10]) {
            progress("scale: \(count) subscribers")
            let receivers = try Receivers(
                ReceiverPlan(count: count, layout: .socketShared, content: .any, payload: Self.payload))
            let ours = try OurFanOut(to: receivers.endpoints, .raw)
            let bare = try BareLoop(to: receivers.endpoints)
            var measure = LoneMeasure(plan: plan, receivers: receivers)
            try measure.run(ours, bare)
            let figures = measure.comparison.figures.map { figure in
                var figure = figure
                if figure.name != "ratio" { figure.value = figure.value.map { $0 * 1_000 / Double(count) } }
                return figure
            }
            section.rows.append(
                Row(["subscribers": .number(count)], figures + [Figure("lost", Double(measure.lost))]))
        }
        return section
    }

    // MARK: Memory

    /// Receipts that a gateway keeps by default, and bytes that the log of a topic holds.
    private static let ledgerMessages = 65_536
    private static let ringBytes = 16 << 20
    /// Small enough to be answered in time however many the subscribers are.
    private static let batch = 250

    private func memory() throws -> Section {
        var section = Section(
            name: "memory",
            about:
                "Resident memory of the gateway as it starts, and once its ledger and the log of its topic are full, both of\n"
                + "their default size.",
            unit: "bytes")
        for count in plan.choice([10, 1_000, 10_000], quick: [10_000], trial: [10]) {
            progress("scale: memory with \(count) subscribers")
            section.rows.append(try memory(of: count))
        }
        return section
    }

    private func memory(of count: Int) throws -> Row {
        let receivers = try Receivers(ReceiverPlan(count: count, layout: .socketShared, payload: Self.payload))
        let list = receivers.endpoints.map(\.description).joined(separator: ",")
        // The second topic fills the ledger, which they share, and costs a log of the least size itself.
        let gateway = try servers.gateway(
            topics: """
                  bench:
                    source: static://\(list)
                  ledger:
                    source: static://\(receivers.endpoints[0])
                    ringBytes: 64KiB

                """)
        let start = gateway.residentBytes
        let filling = LoadGenerator(Payload(count: 200), .batch(1_000), topic: "ledger")
        var messages = 0
        while messages < plan.choice(Self.ledgerMessages, trial: 1) {
            let accepted = try filling.run(on: gateway.endpoint, connections: 1, for: .zero).accepted
            guard accepted > 0 else { throw BenchmarkFailure("the gateway refuses batches") }
            messages += 1_000
        }
        let large = Payload(count: 1_200)
        let publish = LoadGenerator(large, .batch(Self.batch))
        let ringBytes = plan.choice(Self.ringBytes, trial: 1)
        for _ in 0...(ringBytes / (large.bytes.count * Self.batch)) {
            _ = try publish.run(on: gateway.endpoint, connections: 1, for: .zero)
        }
        return Row(
            ["subscribers": .number(count)],
            [
                Figure("start", start.map { Double($0) }), Figure("full", gateway.residentBytes.map { Double($0) }),
                Figure("messages", Double(messages)),
            ])
    }
}
