import Clocks
import Endpoints
import FanOut

/// Makes what a configuration describes: the ledger, the sockets, the topics.
struct TopicConstruction {
    let ledger: Ledger
    let senders: [Sender]
    let topics: [TopicService]

    init(_ configuration: GatewayConfiguration, at now: Moment) throws {
        ledger = Ledger(capacity: configuration.ledgerMessages)
        var senders: [Sender] = []
        /// Topics share sockets by whether these may fragment; the fixed source port goes to the first kind.
        func sender(fragments: Bool) throws -> Sender {
            if let sender = senders.first(where: { $0.fragments == fragments }) { return sender }
            var source = configuration.sendFrom
            if !senders.isEmpty { source?.port = 0 }
            let sender = try Sender(source: source, fragments: fragments, takesRuns: senders.first?.takesRuns)
            senders.append(sender)
            return sender
        }
        let source = UInt32.random(in: .min ... .max)
        topics = try configuration.topics.map { [ledger] topic in
            let sender = try sender(fragments: topic.mayFragment)
            let tracker = Self.tracker(topic, seed: UInt64.random(in: .min ... .max), at: now)
            return TopicService(
                topic,
                topic: try Topic(
                    topic.rules(source: source), membership: tracker.membership, ledger: ledger, sender: sender, at: now
                ),
                tracker: tracker, gateway: configuration.name)
        }
        self.senders = senders
    }

    private static func tracker(_ topic: TopicConfiguration, seed: UInt64, at now: Moment) -> MembershipTracker {
        var settings = MembershipSettings()
        settings.emptyAfter = topic.emptyAfter
        switch topic.source {
        case .dns: return MembershipTracker(settings: settings, seed: seed, at: now.instant)
        case .static(let endpoints):
            return MembershipTracker(list: endpoints.map { Member(endpoint: $0) }, settings: settings, at: now)
        }
    }
}

extension TopicConfiguration {
    /// - Parameter source: names this process in enveloped datagrams.
    func rules(source: UInt32) -> TopicRules {
        var rules = TopicRules(name: name)
        rules.format = format
        rules.source = source
        rules.datagramBytes = datagramBytes
        rules.copies = copies
        rules.spacing = spacing
        rules.maximumPayloadBytes = maximumPayloadBytes
        rules.ringBytes = ringBytes
        rules.burstBytes = burstBytes
        rules.maximumBytesPerSecond = maximumBytesPerSecond
        return rules
    }
}
