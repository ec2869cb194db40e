import Clocks
import FanOut
import JSON
import MicroHTTP
import Service

/// One topic as the gateway runs it: the fan-out, where its members come from, and who waits for an answer.
///
/// Loop thread only.
final class TopicService {
    let configuration: TopicConfiguration
    let topic: Topic
    /// The name of the gateway, as receipts have it.
    private let gateway: String
    var tracker: MembershipTracker
    var lookups = LookupCounts()
    /// When the log may next be told of subscribers in trouble or out of it, so that many in a row make few lines.
    var tellsTroublesFrom: Instant?

    /// Publishes that are numbered and not yet sent to everybody, in order.
    private var numbered = Queue<NumberedPublish>()
    /// Publishes that wait for a membership fresh enough.
    var unnumbered: [UnnumberedPublish] = []

    /// How long first copies took, from the number of a message to the last subscriber's datagram.
    private(set) var fanOutTime = DurationHistogram()

    /// The publishes that bore an idempotency key.
    var idempotency = IdempotencyStore<PublishedMessage>()

    private var times = TimestampText()

    /// What the last step said. Before the first one subscribers may be waiting to be told where the stream begins.
    private(set) var progress = Progress.ready

    init(_ configuration: TopicConfiguration, topic: Topic, tracker: MembershipTracker, gateway: String) {
        self.configuration = configuration
        self.gateway = gateway
        self.topic = topic
        self.tracker = tracker
    }

    var name: String { configuration.name }

    /// What all its receipts have in common, as a document.
    private(set) lazy var origin: [UInt8] = {
        var json = JSONWriter()
        json.object {
            $0.field("topic", name)
            $0.field("gateway", gateway)
            $0.field("epoch", topic.epoch)
        }
        return json.bytes
    }()

    /// A time of its receipts, of which many have the same.
    func text(of timestamp: Timestamp) -> InlineArray<24, UInt8> {
        times.rfc3339(timestamp)
    }

    /// Whether somebody still waits for an answer, or something is still to be sent.
    var isFinished: Bool { topic.isFinished && numbered.isEmpty && unnumbered.isEmpty }

    /// The last joins and leaves with numbers that stay theirs while newer ones come, oldest first.
    var numberedChanges: [(number: UInt64, change: MembershipChange)] {
        tracker.changes.enumerated().map { (tracker.forgottenChanges + UInt64($0) + 1, $1) }
    }

    /// Numbers a message whose request waits until it is sent.
    ///
    /// - Parameters:
    ///   - payload: where in the body it is; all of the body if left out.
    ///   - details: what the answer needs besides the receipt.
    func publish(
        _ exchange: Exchange, _ options: PublishOptions, _ payload: DraftPayload? = nil,
        _ details: PublishDetails? = nil, at now: Moment
    ) throws(PublishFault) {
        // The body is lent to a closure that cannot throw a typed error through MicroHTTP's.
        let result = exchange.withBody { body -> Result<UInt64, PublishFault> in
            guard let payload else { return publish(body, options, at: now) }
            return payload.withBytes(of: body) { publish($0, options, at: now) }
        }
        numbered.append(
            NumberedPublish(
                sequence: topic.sequence, position: try result.get(), numberedAt: now.instant, exchange: exchange,
                details: details))
        // Whoever polls after this step must come back before it sleeps.
        progress = .ready
    }

    private func publish(_ payload: RawSpan, _ options: PublishOptions, at now: Moment) -> Result<UInt64, PublishFault>
    {
        do throws(PublishFault) {
            return .success(try topic.publish(payload, options: options, at: now))
        } catch {
            return .failure(error)
        }
    }

    /// Whether the loop is to wake up for what is to be told of subscribers in trouble: whether one got out of it shows
    /// within a few seconds of a send, and not without one.
    func awaitsTroubles(at now: Instant) -> Bool {
        topic.hasTroubles || topic.watchesTroubles && topic.lastSend.map { now - $0 < .seconds(15) } ?? false
    }

    /// Lets go of the publishes that wait for a membership.
    func abandonUnnumbered() -> [UnnumberedPublish] {
        defer { unnumbered = [] }
        for publish in unnumbered { tracker.cancel(publish.ticket) }
        return unnumbered
    }

    /// Lets go of the publishes that wait for their message to be sent.
    func abandonNumbered() -> [NumberedPublish] {
        var abandoned: [NumberedPublish] = []
        while let first = numbered.first {
            abandoned.append(first)
            numbered.removeFirst()
        }
        return abandoned
    }

    /// Sends what is due; whether some publish has thereby been sent to everybody.
    func flush(at now: Moment) -> Bool {
        progress = topic.step(at: now)
        return numbered.first.map { $0.sequence <= topic.settledSequence } ?? false
    }

    /// Calls `answer` for every publish that has been sent to everybody, at `now`.
    func answerSettled(at now: Instant, _ answer: (NumberedPublish) -> Void) {
        while let first = numbered.first, first.sequence <= topic.settledSequence {
            numbered.removeFirst()
            fanOutTime.record(now - first.numberedAt)
            answer(first)
        }
    }
}

/// A publish whose message has its number; its answer is the receipt.
struct NumberedPublish {
    let sequence: UInt64
    /// Of the receipt, in the ledger.
    let position: UInt64
    let numberedAt: Instant
    let exchange: Exchange
    /// Nil for a plain publish.
    let details: PublishDetails?

    func respond(_ response: HTTPResponse) {
        if let details {
            details.respond(response, to: exchange)
        } else {
            exchange.respond(response)
        }
    }
}

/// A publish that is not numbered before the membership is fresh enough.
struct UnnumberedPublish {
    let ticket: FreshnessTicket
    let deadline: Instant
    let options: PublishOptions
    let content: PublishContent
    let exchange: Exchange
}
