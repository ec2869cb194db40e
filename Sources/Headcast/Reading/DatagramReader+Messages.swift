import Clocks
import Endpoints
import Wire

/// What becomes of a message once its first part, or all of it, is there.
extension DatagramReader {
    /// How a part of a message came.
    struct Arrival {
        /// Its place in the table.
        let stream: Int
        let number: UInt64
        let sender: Endpoint
        let now: Moment
        let receivedAt: Message.Time
        /// Until when further parts of what came are waited for.
        let partsUntil: Instant
        /// Where the datagram has its content.
        private let content: Range<Int>
        /// The content, once a message shares it.
        private var shared: [UInt8] = []

        init(
            stream: Int, header: EnvelopeHeader, content: Range<Int>, sender: Endpoint, now: Moment,
            partsUntil: Int64
        ) {
            self.stream = stream
            self.sender = sender
            self.now = now
            self.content = content
            self.partsUntil = Instant(nanoseconds: partsUntil)
            number = header.number
            receivedAt = Message.Time(milliseconds: now.timestamp.milliseconds)
        }

        /// The bytes at `part` of `datagram`, and what they count for; its messages share one copy if it is small.
        mutating func body(at part: Range<Int>, of datagram: RawSpan) -> (bytes: ArraySlice<UInt8>, cost: Int) {
            guard content.count <= Self.sharedBytes else {
                return ([UInt8](datagram.extracting(part))[...], part.count)
            }
            if shared.isEmpty { shared = [UInt8](datagram.extracting(content)) }
            let start = part.lowerBound - content.lowerBound
            // Whoever is kept alone keeps all of it: what that takes is at most four times what it counts.
            return (shared[start..<start + part.count], max(part.count, shared.count / 8))
        }

        /// How long the content of a datagram is at most that its messages share.
        private static let sharedBytes = 2_048
    }

    mutating func start(
        _ head: MessageHead, at part: Range<Int>, of datagram: RawSpan, _ arrival: inout Arrival,
        to events: inout [Subscription.Event]
    ) {
        guard part.count < head.bodyBytes else {
            if let outcome = reassembly.startWhole(head.sequence, of: streams.streams[arrival.stream]) {
                return finish(outcome, arrival, to: &events)
            }
            guard isWanted(head, arrival, to: &events) else { return }
            let (body, cost) = arrival.body(at: part, of: datagram)
            return complete(head, body, cost, number: arrival.number, arrival, to: &events)
        }
        let outcome = reassembly.start(
            head, datagram.extracting(part), of: streams.streams[arrival.stream], number: arrival.number,
            until: arrival.partsUntil)
        finish(outcome, arrival, to: &events)
    }

    mutating func goOn(
        _ sequence: UInt64, _ part: RawSpan, offset: Int, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        let outcome = reassembly.goOn(
            sequence, part, offset: offset, of: streams.streams[arrival.stream], number: arrival.number,
            until: arrival.partsUntil)
        finish(outcome, arrival, to: &events)
    }

    private mutating func finish(
        _ outcome: Reassembly.Outcome, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        switch outcome {
        case .waiting: break
        case .malformed: counters.malformedMessages += 1
        case .whole(let whole):
            guard isWanted(whole.head, arrival, to: &events) else { return }
            complete(
                whole.head, whole.body[...], whole.body.count, number: whole.number, arrival, to: &events)
        }
    }

    /// Whether something is to be made of a message that is whole; if it has no turn to wait for, it is remembered now.
    private mutating func isWanted(
        _ head: MessageHead, _ arrival: Arrival, to events: inout [Subscription.Event]
    ) -> Bool {
        guard !options.isOrdered else { return true }
        guard head.expiresAt.map({ $0 < arrival.receivedAt }) ?? false else {
            guard remember(head.id, of: arrival.stream) else {
                report(duplicate: head.id, head.sequence, arrival.stream, to: &events)
                return false
            }
            return true
        }
        if !isKnown(head.id, head.sequence, arrival.stream, to: &events) { counters.expiredMessages += 1 }
        return false
    }

    /// Makes a message of what is whole and hands it over, or keeps it until its turn.
    private mutating func complete(
        _ head: MessageHead, _ body: ArraySlice<UInt8>, _ bodyCost: Int, number: UInt64,
        _ arrival: Arrival, to events: inout [Subscription.Event]
    ) {
        var attributes = Message.Attributes()
        var payload = body
        if head.attributeBytes > 0 {
            guard let read = Attributes(body.prefix(head.attributeBytes)) else {
                return counters.malformedMessages += 1
            }
            attributes = Message.Attributes(read)
            payload = body.dropFirst(head.attributeBytes)
        }
        guard options.isOrdered else {
            counters.messages += 1
            return events.append(.message(message(head, attributes, payload, bodyCost, arrival)))
        }
        let message = message(head, attributes, payload, bodyCost, arrival)
        heldBytes += message.cost
        streams.streams[arrival.stream].held.add(message, number: number)
    }

    @inline(__always)
    private func message(
        _ head: MessageHead, _ attributes: Message.Attributes, _ payload: ArraySlice<UInt8>,
        _ bodyCost: Int, _ arrival: Arrival
    ) -> Message {
        Message(
            format: .enveloped, id: Message.ID(bits: head.id), stream: streams.streams[arrival.stream].name,
            sequence: head.sequence,
            publishedAt: Message.Time(milliseconds: head.publishedAt), expiresAt: head.expiresAt,
            attributes: attributes, payload: payload,
            receivedAt: arrival.receivedAt, origin: arrival.sender, bodyCost: bodyCost)
    }

    /// Hands over a message whose turn it is, unless it was handed over before or is expired.
    mutating func handOver(
        _ message: consuming Message, of stream: Int, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard !isKnown(message.id.bits, message.sequence, stream, to: &events) else { return }
        guard !message.isExpired(at: Message.Time(milliseconds: now.timestamp.milliseconds)) else {
            return counters.expiredMessages += 1
        }
        _ = remember(message.id.bits, of: stream)
        counters.messages += 1
        events.append(.message(message))
    }

    /// Whether the id was handed over before; counted and told of if so.
    private mutating func isKnown(
        _ id: UInt128, _ sequence: UInt64, _ stream: Int, to events: inout [Subscription.Event]
    ) -> Bool {
        guard streams.topics[streams.streams[stream].topic].ids.hear(id) else { return false }
        report(duplicate: id, sequence, stream, to: &events)
        return true
    }

    /// Remembers the id of a message that is handed over; false if it is known already.
    private mutating func remember(_ id: UInt128, of stream: Int) -> Bool {
        streams.topics[streams.streams[stream].topic].ids.remember(id)
    }

    private mutating func report(
        duplicate id: UInt128, _ sequence: UInt64, _ stream: Int, to events: inout [Subscription.Event]
    ) {
        counters.duplicateMessages += 1
        guard options.reportsDuplicates else { return }
        let subject = Subscription.Duplicate.Subject.message(id: Message.ID(bits: id), sequence: sequence)
        events.append(.duplicate(.init(stream: streams.streams[stream].name, subject: subject)))
    }
}

extension MessageHead {
    /// When the message becomes useless; nil if it does not.
    fileprivate var expiresAt: Message.Time? {
        ttlMilliseconds > 0 ? Message.Time(milliseconds: publishedAt).advanced(by: ttlMilliseconds) : nil
    }
}

extension Message {
    func isExpired(at now: Time) -> Bool { expiresAt.map { $0 < now } ?? false }
}
