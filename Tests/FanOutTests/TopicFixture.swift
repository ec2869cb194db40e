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

    init(
        _ endpoints: [Endpoint] = [], ledger capacity: Int = 1_024, takesRuns: Bool? = nil,
        rules change: (inout TopicRules) -> Void = { _ in }
    ) throws {
        var rules = TopicRules(name: "orders")
        change(&rules)
        ledger = Ledger(capacity: capacity)
        sender = try Sender(takesRuns: takesRuns)
        topic = try Topic(rules, membership: Membership(source: .static), ledger: ledger, sender: sender, at: now)
        join(endpoints)
    }

    /// Makes `endpoints` the whole membership.
    func join(_ endpoints: [Endpoint]) {
        revision += 1
        var membership = Membership(source: .static)
        membership.revision = revision
        membership.members = endpoints.map { Member(endpoint: $0) }
        topic.apply(membership, at: now)
    }

    /// Publishes `text` and returns its ledger position.
    @discardableResult
    func publish(_ text: String, _ options: PublishOptions = PublishOptions()) throws -> UInt64 {
        let bytes = Array(text.utf8)
        return try topic.publish(bytes.span.bytes, options: options, at: now)
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
