import Clocks
import Endpoints
import Wire

/// What becomes of a message once its first part, or all of it, is there.
extension DatagramReader {
    /// How a part of a message came.
    struct Arrival {
        var stream: StreamMemory
        var number: UInt64
        var sender: Endpoint
        var now: Moment
        /// Until when further parts of what came are waited for.
        var partsUntil: Instant
    }

    mutating func start(
        _ head: MessageHead, _ part: RawSpan, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        guard part.byteCount < head.bodyBytes else {
            // Known already, and no need to wait for its turn: nothing is made of it.
            if !options.isOrdered, isKnown(head.id, head.sequence, arrival.stream, to: &events) { return }
            return complete(head, [UInt8](part), number: arrival.number, arrival, to: &events)
        }
        let outcome = reassembly.start(
            head, part, of: arrival.stream, number: arrival.number, until: arrival.partsUntil)
        finish(outcome, arrival, to: &events)
    }

    mutating func goOn(
        _ sequence: UInt64, _ part: RawSpan, offset: Int, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        let outcome = reassembly.goOn(
            sequence, part, offset: offset, of: arrival.stream, number: arrival.number, until: arrival.partsUntil)
        finish(outcome, arrival, to: &events)
    }

    private mutating func finish(
        _ outcome: Reassembly.Outcome, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        switch outcome {
        case .waiting: break
        case .malformed: counters.malformedMessages += 1
        case .whole(let whole):
            if !options.isOrdered, isKnown(whole.head.id, whole.head.sequence, arrival.stream, to: &events) { return }
            complete(whole.head, whole.body, number: whole.number, arrival, to: &events)
        }
    }

    /// A message is whole: makes it and hands it over, or keeps it until its turn.
    private mutating func complete(
        _ head: MessageHead, _ body: [UInt8], number: UInt64, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        var attributes = Attributes()
        if head.attributeBytes > 0 {
            guard let read = Attributes(body.prefix(head.attributeBytes)) else {
                return counters.malformedMessages += 1
            }
            attributes = read
        }
        let published = Message.Time(milliseconds: head.publishedAt)
        let message = Message(
            format: .enveloped, id: Message.ID(bits: head.id), stream: arrival.stream.name, sequence: head.sequence,
            publishedAt: published,
            expiresAt: head.ttlMilliseconds > 0 ? published.advanced(by: head.ttlMilliseconds) : nil,
            attributes: Message.Attributes(attributes), payload: body[head.attributeBytes...],
            receivedAt: Message.Time(milliseconds: arrival.now.timestamp.milliseconds), origin: arrival.sender)
        guard options.isOrdered else { return handOver(message, of: arrival.stream, at: arrival.now, to: &events) }
        arrival.stream.held.add(message, number: number)
        heldBytes += message.cost
    }

    /// Hands over a message whose id is not known, unless it is expired.
    mutating func handOver(
        _ message: Message, of stream: StreamMemory, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard !message.isExpired(at: Message.Time(milliseconds: now.timestamp.milliseconds)) else {
            return counters.expiredMessages += 1
        }
        stream.topic.ids.insert(message.id.bits)
        counters.messages += 1
        events.append(.message(message))
    }

    /// Whether the id was handed over before; counted and told of if so.
    mutating func isKnown(
        _ id: UInt128, _ sequence: UInt64, _ stream: StreamMemory, to events: inout [Subscription.Event]
    ) -> Bool {
        guard stream.topic.ids.hear(id) else { return false }
        counters.duplicateMessages += 1
        if options.reportsDuplicates {
            let subject = Subscription.Duplicate.Subject.message(id: Message.ID(bits: id), sequence: sequence)
            events.append(.duplicate(.init(stream: stream.name, subject: subject)))
        }
        return true
    }
}

extension Message {
    func isExpired(at now: Time) -> Bool { expiresAt.map { $0 < now } ?? false }
}
