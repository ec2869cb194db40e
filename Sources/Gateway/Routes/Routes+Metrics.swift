import Clocks
import FanOut
import MicroHTTP
import Service

extension Routes {
    /// GET /metrics
    func metrics(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        var text = MetricsText()
        writeGateway(to: &text)
        writeCounters(to: &text)
        writeMemberships(to: &text)
        text.requests(gateway.requests, posts: "publish", of: gateway.server)
        text.process(.current())
        return HTTPResponse(status: 200, contentType: MetricsText.contentType, body: Array(text.text.utf8))
    }

    private func writeGateway(to text: inout MetricsText) {
        text.gauge("headcast_build_info", "Always 1; which program this is, and what it calls itself.") {
            $0.sample(1, ["version": Release.version, "gateway": gateway.name])
        }
        text.gauge("headcast_ready", "1 while the gateway is ready, as /readyz says.") {
            $0.sample(gateway.isReady ? 1 : 0)
        }
    }

    private func writeCounters(to text: inout MetricsText) {
        for counter in TopicCounters.documented {
            text.counter(counter.metric, counter.help) { samples in
                for topic in gateway.topics {
                    samples.sample(counter.value(topic.topic.counters), ["topic": topic.name])
                }
            }
        }
        text.histogram(
            "headcast_fan_out_duration_seconds", "Time from the number of a message to the last of its first copies."
        ) { samples in
            for topic in gateway.topics { samples.sample(topic.fanOutTime, ["topic": topic.name]) }
        }
        gauge("headcast_backlog_bytes", "Payload bytes in the log that are still to be sent.", in: &text) {
            $0.topic.backlog.bytes
        }
        gauge("headcast_publishes_waiting", "Publishes that wait for a lookup they asked for.", in: &text) {
            $0.unnumbered.count
        }
    }

    private func writeMemberships(to text: inout MetricsText) {
        text.gauge("headcast_subscribers", "Subscribers of the topic by state.") { samples in
            for topic in gateway.topics {
                let views = topic.topic.subscribers(0..<topic.topic.subscriberCount, at: gateway.now.instant)
                let counts = Dictionary(grouping: views, by: \.state).mapValues(\.count)
                for state in SubscriberState.allCases {
                    samples.sample(counts[state] ?? 0, ["topic": topic.name, "state": state.rawValue])
                }
            }
        }
        gauge("headcast_membership_revision", "Number of the membership's last change.", in: &text) {
            Int($0.topic.membership.revision)
        }
        gauge("headcast_membership_stale", "1 while the membership cannot be confirmed.", in: &text) {
            $0.topic.membership.stale == nil ? 0 : 1
        }
        text.gauge(
            "headcast_membership_resolved_timestamp_seconds",
            "Unix time of the source's last answer that was believed, 0 before the first."
        ) { samples in
            for topic in gateway.topics {
                let resolvedAt = topic.topic.membership.resolvedAt?.milliseconds ?? 0
                samples.sample(Double(resolvedAt) / 1_000, ["topic": topic.name])
            }
        }
        text.counter("headcast_lookups_total", "Lookups of the topic's name by what they found.") { samples in
            for topic in gateway.topics {
                for (outcome, count) in topic.lookups.byOutcome {
                    samples.sample(count, ["topic": topic.name, "outcome": outcome])
                }
            }
        }
    }

    private func gauge(_ name: String, _ help: String, in text: inout MetricsText, _ value: (TopicService) -> Int) {
        text.gauge(name, help) { samples in
            for topic in gateway.topics { samples.sample(value(topic), ["topic": topic.name]) }
        }
    }
}
