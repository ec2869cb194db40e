import Clocks
import FanOut
import MicroHTTP
import Service

extension Routes {
    /// GET /metrics, in the text format of Prometheus (exposition format 0.0.4).
    func metrics(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        var text = ""
        for counter in TopicCounters.documented {
            text += Self.head(counter.metric, "counter", counter.help)
            for topic in gateway.topics {
                text += "\(counter.metric){topic=\"\(topic.name)\"} \(counter.value(topic.topic.counters))\n"
            }
        }
        text += subscribersByState()
        text += gauge("headcast_membership_revision", "Number of the membership's last change.") {
            Int($0.topic.membership.revision)
        }
        text += gauge("headcast_membership_stale", "1 while the membership cannot be confirmed.") {
            $0.topic.membership.stale == nil ? 0 : 1
        }
        text += gauge("headcast_publishes_waiting", "Publishes that wait for a lookup they asked for.") {
            $0.unnumbered.count
        }
        text += gauge("headcast_backlog_bytes", "Payload bytes in the log that are still to be sent.") {
            $0.topic.backlog.bytes
        }
        if let server = gateway.server {
            text += Self.head("headcast_http_requests_total", "counter", "HTTP requests answered.")
            text += "headcast_http_requests_total \(server.counters.answers)\n"
            text += Self.head("headcast_http_connections", "gauge", "Open HTTP connections.")
            text += "headcast_http_connections \(server.connectionCount)\n"
        }
        return HTTPResponse(
            status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.utf8))
    }

    private func subscribersByState() -> String {
        let name = "headcast_subscribers"
        return gateway.topics.reduce(Self.head(name, "gauge", "Subscribers of the topic by state.")) { text, topic in
            let views = topic.topic.subscribers(0..<topic.topic.subscriberCount, at: gateway.now.instant)
            let counts = Dictionary(grouping: views, by: \.state).mapValues(\.count)
            return SubscriberState.allCases.reduce(text) { text, state in
                text + "\(name){topic=\"\(topic.name)\",state=\"\(state.rawValue)\"} \(counts[state] ?? 0)\n"
            }
        }
    }

    private func gauge(_ name: String, _ help: String, _ value: (TopicService) -> Int) -> String {
        gateway.topics.reduce(Self.head(name, "gauge", help)) { text, topic in
            text + "\(name){topic=\"\(topic.name)\"} \(value(topic))\n"
        }
    }

    private static func head(_ name: String, _ type: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }
}
