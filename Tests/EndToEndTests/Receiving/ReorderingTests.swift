import Testing

/// Networks that bring datagrams late, in another order, and twice.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct ReorderingTests {
    @Test(arguments: [1, 3])
    func `what is reordered and doubled is yielded once, and is no gap`(copies: Int) async throws {
        let kinds = Receiver.Kind.allCases.flatMap { kind in [(kind, false), (kind, true)] }
        let network = try Network.make(pods: kinds.count * 2)
        try network.carryDatagramsApart()
        var receivers: [Receiver] = []
        var relays: [Relay] = []
        for (index, (kind, isOrdered)) in kinds.enumerated() {
            receivers.append(
                try await .start(kind, at: kinds.count + index, of: network, isOrdered: isOrdered, gapWait: "1s"))
            relays.append(
                try await .start(
                    at: index, to: kinds.count + index, of: network, seed: index, delay: 0.2, duplicates: 0.2))
        }
        let gateway = try await Gateway.start(
            topics: network.topic("orders", "policy=repeat&copies=\(copies)&spacing=20ms", to: kinds.indices),
            in: network.gateway)
        let tap = try await Tap.start(on: network)
        // In order a stream begins with what comes first, which is to be the first.
        var ledger = try await Publication.start("1x100", to: [(gateway, "orders")]).ledger()
        try await expectAll(ledger, at: receivers)
        let plan = "800x200,200x0-3000,10x5000-70000"
        ledger += try await Publication.start(
            plan, to: [(gateway, "orders")], "--connections", "8", "--seed", "2"
        ).ledger()
        try await gateway.isQuiet()
        try await expectAll(ledger, at: receivers)
        let agreement = Agreement(ledger, try await tap.streams())
        for (receiver, relay) in zip(receivers, relays) {
            let received = try await agreement.expect(from: receiver)
            #expect(received.messages.count == ledger.count, "\(receiver)")
            #expect(received.gaps == [], "\(receiver)")
            let counts = try await relay.end()
            let came = try #require(counts["came"].int)
            #expect(counts["left"].int ?? 0 > came * 11 / 10 && counts["overtaken"].int ?? 0 > came / 10, "\(counts)")
        }
    }

    private func expectAll(_ ledger: [Publication.Entry], at receivers: [Receiver]) async throws {
        for receiver in receivers {
            try await eventually("all are yielded", within: .seconds(20), or: { "\(receiver)" }) {
                receiver.received.messages.count >= ledger.count
            }
        }
    }
}
