import Testing

/// Networks that bring datagrams late, in another order, and twice.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct ReorderingTests {
    private static let kinds = Receiver.Kind.allCases.flatMap { kind in [(kind, false), (kind, true)] }

    @Test(arguments: [1, 3])
    func `what is reordered and doubled is yielded once, and is no gap`(copies: Int) async throws {
        let scene = try await Scene(copies: copies, Self.kinds)
        let ledger = try await scene.publish()
        for receiver in scene.receivers { try await Self.expectAll(ledger, at: receiver) }
        let agreement = Agreement(ledger, try await scene.tap.streams())
        for (receiver, relay) in zip(scene.receivers, scene.relays) {
            let received = try await agreement.expect(from: receiver)
            #expect(received.messages.count == ledger.count, "\(receiver)")
            #expect(received.gaps == [], "\(receiver)")
            let counts = try await relay.end()
            let came = try #require(counts["came"].int)
            #expect(counts["left"].int ?? 0 > came * 11 / 10 && counts["overtaken"].int ?? 0 > came / 10, "\(counts)")
        }
    }

    @Test(.enabled(if: Network.isLossPossible, Network.lossNeed), arguments: [(1, 5), (3, 20)])
    func `where some are lost besides, every gap is a loss`(copies: Int, percent: Int) async throws {
        let scene = try await Scene(copies: copies, Self.kinds)
        let ledger = try await scene.publish { network in
            for index in Self.kinds.indices { try await network.drop(percent: percent, to: Self.kinds.count + index) }
        }
        let published = ContinuousClock.now
        try await eventually("what the relays hold has left") { ContinuousClock.now - published > .seconds(1) }
        let seen = try await scene.tap.streams()
        let streams = try scene.receivers.indices.map { index in
            let relay = scene.network.address(index)
            let before = try #require(seen.first { $0.destination == relay })
            let after = try #require(seen.first { $0.destination == scene.receivers[index].address })
            return before.followed(by: after)
        }
        let agreement = Agreement(ledger, streams)
        for receiver in scene.receivers {
            let received = try await agreement.expect(from: receiver)
            #expect(!received.gaps.isEmpty, "\(receiver)")
        }
    }

    private static func expectAll(_ ledger: [Publication.Entry], at receiver: Receiver) async throws {
        try await eventually("all are yielded", within: .seconds(20), or: { "\(receiver)" }) {
            receiver.received.messages.count >= ledger.count
        }
    }

    /// A gateway, and receivers that each are reached through a relay.
    private struct Scene {
        let network: Network
        var receivers: [Receiver] = []
        var relays: [Relay] = []
        let gateway: Gateway
        let tap: Tap

        init(copies: Int, _ kinds: [(Receiver.Kind, Bool)]) async throws {
            network = try Network.make(pods: kinds.count * 2)
            try network.carryDatagramsApart()
            for (index, (kind, isOrdered)) in kinds.enumerated() {
                receivers.append(
                    try await .start(kind, at: kinds.count + index, of: network, isOrdered: isOrdered, gapWait: "1s"))
                relays.append(
                    try await .start(
                        at: index, to: kinds.count + index, of: network, seed: index, delay: 0.2, duplicates: 0.2))
            }
            gateway = try await Gateway.start(
                topics: network.topic("orders", "policy=repeat&copies=\(copies)&spacing=20ms", to: kinds.indices),
                in: network.gateway)
            tap = try await Tap.start(on: network)
        }

        /// Publishes what everybody gets in the end, one message before `spoil`.
        func publish(spoil: (Network) async throws -> Void = { _ in }) async throws -> [Publication.Entry] {
            // In order a stream begins with what comes first, which is to be the first.
            var ledger = try await Publication.start("1x100", to: [(gateway, "orders")]).ledger()
            for receiver in receivers { try await expectAll(ledger, at: receiver) }
            try await spoil(network)
            let plan = "800x200,200x0-3000,10x5000-70000"
            ledger += try await Publication.start(
                plan, to: [(gateway, "orders")], "--connections", "8", "--seed", "2"
            ).ledger()
            try await gateway.isQuiet()
            return ledger
        }
    }
}

extension TappedStream {
    /// What the gateway sent to a relay, and what of it arrived where `other` was seen to go.
    fileprivate func followed(by other: TappedStream) -> TappedStream {
        let arrivals = Dictionary(zip(other.numbers, other.arrived)) { $1 }
        return TappedStream(
            destination: other.destination, topic: topic, source: source, epoch: epoch, numbers: numbers,
            firsts: firsts, lasts: lasts, sent: sent, arrived: numbers.map { arrivals[$0] ?? 0 }, bytes: bytes,
            heartbeatsSent: heartbeatsSent, heartbeatsArrived: other.heartbeatsArrived)
    }
}
