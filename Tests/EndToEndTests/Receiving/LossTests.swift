import Testing

/// Networks that lose datagrams, and what receivers then see and tell.
@Suite(.onStageAlone, .enabled(if: Network.isLossPossible, Network.lossNeed))
struct LossTests {
    /// A receiver behind a link that loses so many percent.
    private struct Place {
        let percent: Int
        let kind: Receiver.Kind
        let isOrdered: Bool
    }

    private static let places = [0, 5, 20].flatMap { percent in
        Receiver.Kind.allCases.flatMap { kind in
            (percent == 0 ? [false] : [false, true]).map { Place(percent: percent, kind: kind, isOrdered: $0) }
        }
    }

    /// Far more than the gateway's copies are late on a machine that is busy with other things.
    private static let gapWait = "1s"

    /// A topic for each number of copies.
    private static let topics = ["once", "twice", "thrice"]

    @Test func `every message is yielded once and whole or lies in a gap, and every gap is a loss`() async throws {
        let network = try Network.make(pods: Self.places.count)
        try network.carryDatagramsApart()
        var receivers: [Receiver] = []
        for (position, place) in Self.places.enumerated() {
            if place.percent > 0 { try await network.drop(percent: place.percent, to: position) }
            receivers.append(
                try await .start(
                    place.kind, at: position, of: network, isOrdered: place.isOrdered, gapWait: Self.gapWait))
        }
        let gateway = try await Gateway.start(
            topics: network.topic("once"), network.topic("twice", "policy=repeat&copies=2&spacing=20ms"),
            network.topic("thrice", "policy=repeat&copies=3&spacing=20ms"), in: network.gateway)
        let tap = try await Tap.start(on: network)
        let targets = Self.topics.map { (gateway, $0) }
        // Few connections fill few datagrams with several messages: what is lost is lost alone.
        var ledger = try await Publication.start("2000x200", to: targets, "--connections", "2").ledger()
        ledger += try await Publication.start(
            "400x0-3000,10x5000-70000", to: targets, "--connections", "16", "--seed", "2"
        ).ledger()
        #expect(ledger.allSatisfy { $0.status == 201 })
        for topic in Self.topics { try await gateway.isQuiet(topic) }
        let streams = try await tap.streams()
        let agreement = Agreement(ledger, streams)

        var shares = Shares(ledger.filter { $0.bytes == 200 })
        for (place, receiver) in zip(Self.places, receivers) {
            let received = try await agreement.expect(from: receiver)
            #expect(received.overflowed == 0 && received.kernelDrops == 0, "\(receiver)")
            shares.count(received, percent: place.percent)
        }
        for (position, place) in Self.places.enumerated() where place.percent > 0 {
            let drops = agreement.streams(to: receivers[position]).reduce(0) { $0 + $1.drops }
            // Heartbeats go on after the tap has ended.
            #expect(try await network.drops(to: position) >= drops && drops > 0)
        }
        expect(shares)
    }

    private func expect(_ shares: Shares) {
        Attachment.record("\(shares)", named: "delivered.txt")
        for topic in Self.topics { #expect(shares[0, topic] == 1) }
        for percent in [5, 20] {
            #expect(shares[percent, "once"] < shares[percent, "twice"], "at \(percent) %")
            #expect(shares[percent, "twice"] <= shares[percent, "thrice"], "at \(percent) %")
        }
        #expect(shares[5, "thrice"] >= 0.999)
    }

    @Test(arguments: Receiver.Kind.allCases, [1, 3])
    func `that the first, the last and one between are lost is noticed`(kind: Receiver.Kind, copies: Int) async throws {
        let network = try Network.make(pods: 2)
        try network.carryDatagramsApart()
        let receivers = [
            try await Receiver.start(kind, at: 0, of: network),
            try await Receiver.start(kind, at: 1, of: network, isOrdered: true),
        ]
        for position in 0..<2 { try await network.drop(Network.Condition.number(isIn: [1, 20, 21, 40]), to: position) }
        let gateway = try await Gateway.start(
            topics: network.topic("orders", "policy=repeat&copies=\(copies)&spacing=20ms"), in: network.gateway)
        // One after the other, each has a datagram of its own.
        let ledger = try await Publication.start("40x100", to: [(gateway, "orders")], "--connections", "1").ledger()
        for (position, receiver) in receivers.enumerated() {
            let received = try await receiver.received(messages: 36, lost: 4)
            #expect(received.gaps.map(\.numbers) == [1...1, 20...21, 40...40], "\(receiver)")
            let expected = ledger.filter { ![1, 20, 21, 40].contains($0.sequence) }
            #expect(received.messages.map(\.id).sorted() == expected.compactMap(\.id).sorted(), "\(receiver)")
            #expect(try await network.drops(to: position) == 4 * copies)
        }
    }

    @Test(arguments: Receiver.Kind.allCases)
    func `that everything is lost is noticed`(kind: Receiver.Kind) async throws {
        let network = try Network.make(pods: 1)
        let receiver = try await Receiver.start(kind, at: 0, of: network)
        try await network.drop(Network.Condition.isOfMessages, to: 0)
        let gateway = try await Gateway.start(topics: network.topic("orders"), in: network.gateway)
        _ = try await Publication.start("3x100", to: [(gateway, "orders")], "--connections", "1").ledger()
        let told = try await eventually("a gap is told", or: { "\(receiver)" }) {
            receiver.received.gaps.first
        }
        #expect(told.numbers == 1...3)
        try await network.dropNothing()
        _ = try await Publication.start("1x100", to: [(gateway, "orders")]).ledger()
        let received = try await receiver.received(messages: 1)
        #expect(received.gaps == [told] && received.messages.map(\.sequence) == [4], "\(receiver)")
    }
}

/// Which share of the messages arrived, by the loss and by the topic.
private struct Shares: CustomStringConvertible {
    private let topics: [String: String]
    private let published: [String: Int]
    private var pods: [Int: Int] = [:]
    private var yielded: [Int: [String: Int]] = [:]

    init(_ ledger: [Publication.Entry]) {
        topics = Dictionary(ledger.map { ($0.id ?? "", $0.topic ?? "") }) { $1 }
        published = Dictionary(ledger.map { ($0.topic ?? "", 1) }, uniquingKeysWith: +)
    }

    mutating func count(_ received: Received, percent: Int) {
        pods[percent, default: 0] += 1
        for message in received.messages where topics[message.id] != nil {
            yielded[percent, default: [:]][message.topic, default: 0] += 1
        }
    }

    var description: String {
        let lines = pods.keys.sorted().map { percent in
            "\(percent) % lost: "
                + ["once", "twice", "thrice"].map { "\($0) \(self[percent, $0])" }.joined(separator: ", ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    subscript(percent: Int, topic: String) -> Double {
        Double(yielded[percent]?[topic] ?? 0) / Double((published[topic] ?? 0) * (pods[percent] ?? 0))
    }
}
