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
    }

    mutating func start(
        _ head: MessageHead, _ part: RawSpan, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        let isKnown = arrival.stream.topic.ids.contains(head.id)
        if isKnown { countDuplicate(head, arrival.stream, to: &events) }
        guard part.byteCount < head.bodyBytes else {
            if !isKnown { deliver(head, [UInt8](part), arrival, to: &events) }
            return
        }
        let outcome = reassembly.start(
            head, part, of: arrival.stream, number: arrival.number, isWanted: !isKnown, at: arrival.now.instant)
        finish(outcome, arrival, to: &events)
    }

    mutating func finish(_ outcome: Reassembly.Outcome, _ arrival: Arrival, to events: inout [Subscription.Event]) {
        switch outcome {
        case .waiting: break
        case .malformed: counters.countMalformed("part of a message that contradicts another")
        case .whole(let whole): deliver(whole.head, whole.body, arrival, to: &events)
        }
    }

    private mutating func deliver(
        _ head: MessageHead, _ body: [UInt8], _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        var attributes = Attributes()
        if head.attributeBytes > 0 {
            guard let read = Attributes(body.prefix(head.attributeBytes)) else {
                return counters.countMalformed("attributes")
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
        guard arrival.stream.topic.ids.insert(head.id) else {
            return countDuplicate(head, arrival.stream, to: &events)
        }
        guard !message.isExpired(at: message.receivedAt) else { return counters.expired += 1 }
        guard options.isOrdered else {
            counters.messages += 1
            events.append(.message(message))
            return
        }
        guard arrival.stream.held.add(message, number: arrival.number) else { return counters.late += 1 }
        counters.messages += 1
        heldBytes += message.cost
    }

    private mutating func countDuplicate(
        _ head: MessageHead, _ stream: StreamMemory, to events: inout [Subscription.Event]
    ) {
        counters.duplicateMessages += 1
        guard options.reportsDuplicates else { return }
        let subject = Subscription.Duplicate.Subject.message(id: Message.ID(bits: head.id), sequence: head.sequence)
        events.append(.duplicate(.init(stream: stream.name, subject: subject)))
    }
}

extension Message {
    func isExpired(at now: Time) -> Bool { expiresAt.map { $0 < now } ?? false }
}
