import Clocks
import Endpoints

/// Datagrams that are not enveloped.
extension DatagramReader {
    mutating func readForeign(
        _ bytes: RawSpan, from sender: Endpoint, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard options.formats.contains(.raw) || options.formats.contains(.cloudEvents) else {
            return counters.foreign += 1
        }
        let message = Message(
            format: .raw, id: .none, stream: Message.Stream(topic: "", source: 0, epoch: 0), sequence: 0,
            attributes: Message.Attributes(), payload: [UInt8](bytes)[...],
            receivedAt: Message.Time(milliseconds: now.timestamp.milliseconds), origin: sender,
            bodyCost: bytes.byteCount)
        if options.formats.contains(.cloudEvents), let event = CloudEvent(Array(message.payload)) {
            return take(event, in: message, to: &events)
        }
        guard options.formats.contains(.raw) else { return counters.foreign += 1 }
        counters.messages += 1
        events.append(.message(message))
    }

    private mutating func take(
        _ event: CloudEvent, in datagram: Message, to events: inout [Subscription.Event]
    ) {
        let message = event.message(datagram)
        guard let key = MessageKey(message) else { return }
        guard !eventIDs.hear(key.bits) else {
            counters.duplicateMessages += 1
            if options.reportsDuplicates {
                events.append(
                    .duplicate(.init(stream: message.stream, subject: .event(id: event.id, source: event.source))))
            }
            return
        }
        guard !message.isExpired(at: message.receivedAt) else { return counters.expiredMessages += 1 }
        _ = eventIDs.remember(key.bits)
        counters.messages += 1
        events.append(.message(message))
    }
}

extension [UInt8] {
    init(_ bytes: RawSpan) {
        // The initializer with a closure is not specialized, and costs as much as reading a message.
        self = bytes.withUnsafeBytes { [UInt8]($0) }
    }
}
