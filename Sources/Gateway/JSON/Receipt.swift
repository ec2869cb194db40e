import Clocks
import FanOut
import JSON
import Service

/// What the gateway did with one message, as it answers a publish.
struct Receipt {
    let entry: LedgerEntry
    let topic: TopicService
    /// The names of attributes that the topic's format does not carry, `ttl` for a time to live; told to the publisher alone.
    var dropped: [String] = []
    /// Whether a publish before this one was given the receipt first; told to the publisher alone.
    var isReplay = false

    /// Writes the fields into an object that is open.
    func write(to json: inout JSONWriter) {
        json.field("id", plain: entry.id.utf8.span)
        json.members(of: topic.origin)
        json.field("sequence", entry.sequence)
        json.field("publishedAt", plain: topic.text(of: entry.publishedAt).span)
        json.field("payloadBytes", entry.payloadBytes)
        json.field("subscribers", entry.subscribers)
        json.field("sent", entry.sent)
        json.field("failed", entry.failed)
        json.field("copies", entry.copies)
        json.field("copiesSent", entry.copiesSent)
        json.field("revision", entry.revision)
        json.field("stale", entry.stale)
        if !dropped.isEmpty {
            json.array("dropped") { list in
                for name in dropped { list.value(name) }
            }
        }
        if isReplay { json.field("replayed", true) }
    }
}

extension JSONWriter {
    /// Null, or why and since when a membership could not be confirmed.
    mutating func field(_ name: StaticString, _ stale: Staleness?) {
        guard let stale else { return null(name) }
        object(name) {
            $0.field("reason", stale.reason)
            $0.field("since", stale.since)
        }
    }
}
