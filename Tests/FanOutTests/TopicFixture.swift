import Clocks
import Datagrams
import Endpoints

@testable import FanOut

/// One topic with sockets of its own and a clock that stands until it is moved.
final class TopicFixture {
    let topic: Topic
    let ledger: Ledger
    let sender: Sender
    var now = Moment(
        instant: Instant(nanoseconds: 1_000_000_000_000), timestamp: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
    private var revision: UInt64 = 0

    /// - Parameter endpoints: the membership; nil for one that has never been resolved.
    init(
        _ endpoints: [Endpoint]? = [], ledger capacity: Int = 1_024, takesRuns: Bool? = nil, fragments: Bool = false,
        rules change: (inout TopicRules) -> Void = { _ in }
    ) throws {
        var rules = TopicRules(name: "orders")
        change(&rules)
        ledger = Ledger(capacity: capacity)
        sender = try Sender(fragments: fragments, takesRuns: takesRuns)
        topic = try Topic(rules, membership: Membership(source: .static), ledger: ledger, sender: sender, at: now)
        if let endpoints { join(endpoints) }
    }

    /// Makes `endpoints` the whole membership.
    func join(_ endpoints: [Endpoint]) {
        join(endpoints.map { Member(endpoint: $0) })
    }

    func join(_ members: [Member], stale: Staleness? = nil) {
        revision += 1
        var membership = Membership(source: .static)
        membership.revision = revision
        membership.members = members
        membership.stale = stale
        topic.apply(membership, at: now)
    }

    /// Moves the clock so far that every address joined by now shares the proven socket.
    func prove() {
        advance(SubscriberRow.provingTime)
    }

    /// Publishes `text` and returns its ledger position.
    @discardableResult
    func publish(_ text: String, _ options: PublishOptions = PublishOptions()) throws -> UInt64 {
        try publish(Array(text.utf8), options)
    }

    @discardableResult
    func publish(_ payload: [UInt8], _ options: PublishOptions = PublishOptions()) throws -> UInt64 {
        try topic.publish(payload.span.bytes, options: options, at: now)
    }

    /// Publishes `text`, filled up with dots to `byteCount` bytes, and returns its ledger position.
    @discardableResult
    func publish(_ text: String, byteCount: Int, _ options: PublishOptions = PublishOptions()) throws -> UInt64 {
        let bytes = Array(text.utf8)
        return try publish(bytes + Array(repeating: UInt8(ascii: "."), count: byteCount - bytes.count), options)
    }

    /// What became of the message at `position`, by endpoint.
    func outcomes(_ position: UInt64) -> [Endpoint: EndpointOutcome] {
        guard let entry = ledger[position], let outcomes = topic.outcomes(of: entry) else { return [:] }
        return Dictionary(outcomes.map { ($0.endpoint, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// Every subscriber's row.
    var rows: [SubscriberView] { topic.subscribers(0..<topic.subscriberCount, at: now.instant) }

    func row(_ endpoint: Endpoint) -> SubscriberView? { rows.first { $0.endpoint == endpoint } }

    /// Steps once a millisecond until everything published has been sent as often as it is to be.
    func finish(within limit: Duration = .seconds(60), after each: () -> Void = {}) {
        let end = now.instant + limit
        settle()
        each()
        while !topic.isFinished, now.instant < end {
            advance(.milliseconds(1))
            settle()
            each()
        }
    }

    /// Hands what the error queues told to the topic.
    func passReports() {
        for index in sender.sockets.indices { sender.drain(index) }
        for report in sender.takeReports() { topic.note(report, at: now) }
    }

    /// Steps until the topic has nothing to do before the clock moves.
    @discardableResult
    func settle() -> Progress {
        var progress = topic.step(at: now)
        while progress == .ready { progress = topic.step(at: now) }
        return progress
    }

    func advance(_ duration: Duration) {
        now = now + duration
    }
}

extension Topic {
    /// Asks for one message only.
    func hasFailed(_ entry: LedgerEntry, for endpoint: Endpoint) -> Bool? {
        history(of: endpoint).flatMap { hasFailed(entry, for: $0) }
    }
}
