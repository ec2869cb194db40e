import Clocks
import FanOut
import JSON
import Service

/// One topic as `/status` and `/topics` show it.
struct TopicDocument {
    let service: TopicService
    let now: Moment

    /// How many subscribers and receipts stand in the document itself; the rest is had from their own paths.
    static let shownSubscribers = 100
    static let shownReceipts = 20

    func write(to json: inout JSONWriter) {
        let configuration = service.configuration
        json.field("topic", configuration.name)
        json.field("format", configuration.format.rawValue)
        json.field("policy", configuration.policy.rawValue)
        json.field("copies", configuration.copies)
        json.field("spacingSeconds", configuration.spacing)
        json.field("epoch", service.topic.epoch)
        json.field("maximumPayloadBytes", configuration.maximumPayloadBytes)
        json.field("datagramBytes", configuration.format == .raw ? nil : configuration.datagramBytes)
        json.field("fragments", service.topic.sender.fragments)
        let backlog = service.topic.backlog
        json.object("backlog") {
            $0.field("messages", backlog.messages)
            $0.field("bytes", backlog.bytes)
        }
        writeMembership(to: &json)
        writeCounters(to: &json)
        json.field("subscriberCount", service.topic.subscriberCount)
        json.array("subscribers") { list in
            for view in service.sortedSubscribers(at: now.instant).prefix(Self.shownSubscribers) {
                list.object { $0.fields(of: view) }
            }
        }
        writeReceipts(to: &json)
    }

    private func writeMembership(to json: inout JSONWriter) {
        let membership = service.topic.membership
        json.object("membership") {
            $0.field("source", membership.source.rawValue)
            $0.field("from", service.configuration.source.description)
            $0.field("revision", membership.revision)
            $0.field("endpoints", membership.members.count)
            $0.field("resolvedAt", membership.resolvedAt)
            $0.field("stale", membership.stale)
            $0.field("empty", membership.empty)
        }
    }

    private func writeCounters(to json: inout JSONWriter) {
        let counters = service.topic.counters
        json.object("counters") { json in
            for counter in TopicCounters.documented { json.field(counter.name, counter.value(counters)) }
        }
    }

    private func writeReceipts(to json: inout JSONWriter) {
        let ledger = service.topic.ledger
        json.array("receipts") { list in
            var shown = 0
            var next = ledger.newest(of: service.topic.index)
            while shown < Self.shownReceipts, let position = next, let entry = ledger[position] {
                if entry.isSettled {
                    list.object { Receipt(entry: entry, topic: service).write(to: &$0) }
                    shown += 1
                }
                next = ledger.newest(of: service.topic.index, before: position)
            }
        }
    }
}

extension TopicService {
    /// By endpoint, the order of pages.
    func sortedSubscribers(at now: Instant) -> [SubscriberView] {
        topic.subscribers(0..<topic.subscriberCount, at: now).sorted { $0.endpoint < $1.endpoint }
    }
}

extension JSONWriter {
    mutating func fields(of view: SubscriberView) {
        field("endpoint", view.endpoint)
        field("name", view.name)
        field("state", view.state.rawValue)
        field("since", view.since)
        field("sent", view.sent)
        field("failed", view.failed)
        field("lastError", view.lastError)
        field("lastErrorAt", view.lastErrorAt)
    }
}
