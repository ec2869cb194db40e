import Glibc
import Testing

/// Gateways that end and begin anew, and more than one of them.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct RestartTests {
    @Test(arguments: Receiver.Kind.allCases, [SIGTERM, SIGKILL])
    func `a restart is another epoch, and neither a duplicate nor a gap`(
        kind: Receiver.Kind, signal: Int32
    ) async throws {
        let network = try Network.make(pods: 2)
        try network.carryDatagramsApart()
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network, gapWait: "1s"),
            try await Receiver.start(kind, at: 1, of: network, isOrdered: true, gapWait: "1s"),
        ]
        let topic = network.topic("orders", "policy=repeat&copies=3&spacing=20ms")
        let first = try await gateway(topic, in: network)
        let tap = try await Tap.start(on: network)
        let publication = try Publication.start(
            "900x200,100x2000-5000", to: [(first, "orders")], "--rate", "600", "--retry", "10")
        try await eventually("some have arrived", or: { "\(receivers[0])" }) {
            receivers[0].received.messages.count > 300
        }
        first.program.signal(signal)
        let ending = try await first.program.end()
        #expect(ending == (signal == SIGKILL ? .killed(signal: SIGKILL) : .exited(0)), "\(first.program.account)")
        let second = try await gateway(topic, in: network)
        let ledger = try await publication.ledger()
        try await second.isQuiet()
        let agreement = Agreement(ledger, try await tap.streams())
        for receiver in receivers {
            let received = try await agreement.expect(from: receiver)
            #expect(received.gaps == [], "\(receiver)")
            let epochs = Set(ledger.compactMap(\.epoch)).sorted()
            #expect(received.epochs == epochs.dropFirst().map { "orders \($0)" } && epochs.count == 2, "\(receiver)")
            // What was answered was sent.
            let answered = Set(ledger.filter { $0.status == 201 }.compactMap(\.id))
            #expect(answered.isSubset(of: received.messages.map(\.id)), "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `two gateways are two streams, each without a gap`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        try network.carryDatagramsApart()
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network),
            try await Receiver.start(kind, at: 1, of: network, isOrdered: true),
        ]
        let tap = try await Tap.start(on: network)
        let topic = network.topic("orders")
        let gateways = [
            try await Gateway.start(topics: topic, in: network.gateway),
            try await Gateway.start(topics: topic, in: network.gateway),
        ]
        let ledger = try await Publication.start("500x200,50x0-5000", to: gateways.map { ($0, "orders") }).ledger()
        #expect(ledger.allSatisfy { $0.status == 201 })
        for gateway in gateways { try await gateway.isQuiet() }
        let agreement = Agreement(ledger, try await tap.streams())
        for receiver in receivers {
            let received = try await agreement.expect(from: receiver)
            #expect(received.messages.count == 1_100 && received.gaps == [], "\(receiver)")
            #expect(received.epochs.count == 1, "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `what is published through two gateways with one key is yielded once`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 2)
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network),
            try await Receiver.start(kind, at: 1, of: network, isOrdered: true),
        ]
        let topic = network.topic("orders")
        let gateways = [
            try await Gateway.start(topics: topic, in: network.gateway),
            try await Gateway.start(topics: topic, in: network.gateway),
        ]
        let ledger = try await Publication.start(
            "300x200,30x0-5000,1x100000", to: gateways.map { ($0, "orders") }, "--keys"
        ).ledger()
        #expect(ledger.count == 662 && ledger.allSatisfy { $0.status == 201 })
        let ids = Set(ledger.compactMap(\.id))
        #expect(ids.count == 331)
        for receiver in receivers {
            let received = try await receiver.received(messages: 331, duplicates: 331)
            #expect(received.messages.map(\.id).sorted() == ids.sorted(), "\(receiver)")
            #expect(received.duplicates == 331 && received.gaps == [], "\(receiver)")
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `what is published again after a crash with the same key is yielded once`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 1)
        let receiver = try await Receiver.start(kind, at: 0, of: network)
        let topic = network.topic("orders")
        let first = try await gateway(topic, in: network)
        let publication = try Publication.start(
            "600x200", to: [(first, "orders")], "--rate", "600", "--retry", "20", "--keys")
        try await eventually("some have arrived", or: { "\(receiver)" }) { receiver.received.messages.count > 200 }
        first.program.kill()
        _ = try await gateway(topic, in: network)
        let ledger = try await publication.ledger()
        #expect(ledger.count == 600 && ledger.allSatisfy { $0.status == 201 })
        let received = try await receiver.received(messages: 600)
        #expect(received.messages.map(\.id).sorted() == ledger.compactMap(\.id).sorted(), "\(receiver)")
        #expect(received.messages.map(\.digest).sorted() == ledger.map(\.sha256).sorted())
    }

    private func gateway(_ topic: String, in network: Network) async throws -> Gateway {
        try await Gateway.start(["--topic", topic], listen: "127.0.0.1:8080", in: network.gateway)
    }
}
