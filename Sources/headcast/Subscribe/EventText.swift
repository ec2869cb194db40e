import Headcast
import JSON
import Service

/// How `headcast subscribe` tells of what is no message.
struct EventText {
    /// What is told of: gaps, with what else was missed, and duplicates.
    var showsGaps = false
    var showsDuplicates = false

    /// Whether an event is told of among the messages. That messages were dropped here is told in any case.
    func shows(_ event: Subscription.Event) -> Bool {
        switch event {
        case .message: false
        case .gap, .incomplete, .epochChange, .overflow, .kernelDrops: showsGaps
        case .duplicate: showsDuplicates
        }
    }

    /// An object on a line of its own, told from a message by its member `event`; nil for a message.
    static func jsonLine(for event: Subscription.Event) -> [UInt8]? {
        if case .message = event { return nil }
        var json = JSONWriter(reserving: 256)
        json.object { write(event, to: &$0) }
        json.newline()
        return json.bytes
    }

    /// A sentence for a person; nil for a message.
    static func text(for event: Subscription.Event) -> String? {
        switch event {
        case .message: nil
        case .gap(let gap):
            gap.datagrams == 1
                ? "datagram \(gap.numbers.lowerBound) is lost: \(gap.stream)"
                : "datagrams \(gap.numbers.lowerBound) to \(gap.numbers.upperBound) are lost: \(gap.stream)"
        case .incomplete(let incomplete):
            "message \(incomplete.sequence) is incomplete (\(incomplete.reason.rawValue)): \(incomplete.stream)"
        case .epochChange(let change):
            "a further stream, of another gateway or of one that began anew: \(change.stream); "
                + "heard last: \(change.previous)"
        case .duplicate(let duplicate):
            switch duplicate.subject {
            case .datagram(let number): "datagram \(number) came again: \(duplicate.stream)"
            case .message(let id, let sequence): "message \(id) came again as \(sequence): \(duplicate.stream)"
            case .event(let id, let source):
                "event \(id.quoted) of \(source.quoted) came again: topic \(duplicate.stream.topic)"
            }
        case .overflow(let overflow):
            "too slow: \(overflow.messages) messages of \(overflow.bytes) bytes and \(overflow.events) events dropped"
        case .kernelDrops(let count): "\(Wording.count(count, "datagram")) dropped by the kernel"
        }
    }

    private static func write(_ event: Subscription.Event, to json: inout JSONWriter) {
        switch event {
        case .message: break
        case .gap(let gap):
            json.begin("gap", gap.stream)
            json.field("first", gap.numbers.lowerBound)
            json.field("last", gap.numbers.upperBound)
        case .incomplete(let incomplete):
            json.begin("incomplete", incomplete.stream)
            json.field("sequence", incomplete.sequence)
            json.field("id", incomplete.id == .none ? nil : incomplete.id.description)
            json.field("reason", incomplete.reason.rawValue)
        case .epochChange(let change):
            json.begin("epoch", change.stream)
            json.field("previousSource", change.previous.source)
            json.field("previousEpoch", change.previous.epoch)
        case .duplicate(let duplicate):
            json.begin("duplicate", duplicate.stream)
            switch duplicate.subject {
            case .datagram(let number): json.field("number", number)
            case .message(let id, let sequence):
                json.field("id", id.description)
                json.field("sequence", sequence)
            case .event(let id, let source):
                json.field("eventId", id)
                json.field("eventSource", source)
            }
        case .overflow(let overflow):
            json.field("event", "overflow")
            json.field("messages", overflow.messages)
            json.field("bytes", overflow.bytes)
            json.field("events", overflow.events)
        case .kernelDrops(let count):
            json.field("event", "kernelDrops")
            json.field("datagrams", count)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func begin(_ event: String, _ stream: Message.Stream) {
        field("event", event)
        field("topic", stream.topic)
        field("source", stream.source)
        field("epoch", stream.epoch)
    }
}
