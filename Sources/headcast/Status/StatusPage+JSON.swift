import FoundationEssentials
import JSON
import Service

extension StatusPage {
    /// The same as one JSON document, for programs: sums for each topic, and what each gateway says of its membership.
    var document: [UInt8] {
        var json = JSONWriter(reserving: 4_096)
        json.object { document in
            document.field("ready", isWell)
            document.field("doubt", doubt)
            document.array("gateways") { list in
                for answer in answers { list.object { write(answer, to: &$0) } }
            }
            document.array("topics") { list in
                for topic in summary.topics { list.object { write(topic, to: &$0) } }
            }
        }
        json.newline()
        return json.bytes
    }

    private func write(_ answer: Replica.Answer, to json: inout JSONWriter) {
        switch answer {
        case .report(let report):
            json.field("url", report.url)
            json.field("readiness", report.readiness)
            json.field("gateway", report.status.gateway)
            json.field("version", report.status.version)
            json.field("startedAt", report.status.startedAt.text)
        case .refusal(let url, let readiness, let error):
            json.field("url", url)
            json.field("readiness", readiness)
            json.field("error", error.message)
        case .failure(let url, let reason):
            json.field("url", url)
            json.field("error", reason)
        }
    }

    private func write(_ topic: StatusSummary.Topic, to json: inout JSONWriter) {
        json.field("topic", topic.name)
        json.field("messages", topic.messages)
        json.field("copiesSent", topic.copiesSent)
        json.field("copiesFailed", topic.copiesFailed)
        json.field("backlogMessages", topic.backlog)
        json.array("memberships") { list in
            for part in topic.parts { list.object { write(part.status, of: part.gateway, to: &$0) } }
        }
        json.array("subscribers") { list in
            for subscriber in topic.subscribers { list.object { write(subscriber, to: &$0) } }
        }
    }

    private func write(_ status: TopicStatus, of gateway: String, to json: inout JSONWriter) {
        json.field("gateway", gateway)
        json.field("subscriberCount", status.subscriberCount)
        json.field("resolvedAt", status.membership.resolvedAt?.text)
        for (name, doubt): (StaticString, _) in [
            ("stale", status.membership.stale), ("empty", status.membership.empty),
        ] {
            guard let doubt else {
                json.null(name)
                continue
            }
            json.object(name) {
                $0.field("reason", doubt.reason)
                $0.field("since", doubt.since.text)
            }
        }
    }

    private func write(_ subscriber: StatusSummary.Subscriber, to json: inout JSONWriter) {
        json.field("endpoint", subscriber.endpoint)
        json.field("name", subscriber.name)
        json.array("states") { list in for state in subscriber.states { list.value(state) } }
        json.field("gateways", subscriber.gateways)
        json.field("sent", subscriber.sent)
        json.field("failed", subscriber.failed)
        json.field("lastError", subscriber.lastError?.text)
        json.field("lastErrorAt", subscriber.lastError?.at.text)
    }
}

extension Date {
    /// As all documents have it (RFC 3339).
    fileprivate var text: String { formatted(ISO8601FormatStyle(includingFractionalSeconds: true)) }
}
