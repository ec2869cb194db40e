/// What a topic has done since its epoch began.
package struct TopicCounters: Sendable {
    /// Messages numbered.
    package var messages: UInt64 = 0
    /// Their payload bytes.
    package var payloadBytes: UInt64 = 0
    /// Datagrams the kernel took, every endpoint and copy counted.
    package var datagramsSent: UInt64 = 0
    /// Their payload bytes.
    package var bytesSent: UInt64 = 0
    /// Heartbeats the kernel took, every endpoint counted; only the enveloped format has them.
    package var heartbeatsSent: UInt64 = 0
    /// (subscriber, copy) pairs of a message that the kernel took whole.
    package var copiesSent: UInt64 = 0
    /// (subscriber, copy) pairs of a message that were not taken, those overtaken in the log included.
    package var copiesFailed: UInt64 = 0
    /// (subscriber, copy) pairs of a message overtaken in the log before they were due.
    package var copiesOverrun: UInt64 = 0
    /// Sends that the kernel would only take datagram by datagram.
    package var runsRefused: UInt64 = 0
    /// Publishes refused because the log was full of what is still to be sent.
    package var overloaded: UInt64 = 0
    /// Publishes refused because the topic's bytes per second were used up.
    package var rateLimited: UInt64 = 0
}

extension TopicCounters {
    /// One counter with its name in JSON, its name as a metric, and what it counts.
    package struct Documented: Sendable {
        package let name: StaticString
        package let metric: String
        package let help: String
        package let value: @Sendable (TopicCounters) -> UInt64
    }

    /// Every counter; what status and metrics show is this list.
    package static let documented = [
        Documented(
            name: "messages", metric: "headcast_messages_total",
            help: "Messages numbered."
        ) { $0.messages },
        Documented(
            name: "payloadBytes", metric: "headcast_payload_bytes_total",
            help: "Payload bytes of the messages numbered."
        ) { $0.payloadBytes },
        Documented(
            name: "datagramsSent", metric: "headcast_datagrams_sent_total",
            help: "Datagrams the kernel took, every endpoint and copy counted."
        ) { $0.datagramsSent },
        Documented(
            name: "bytesSent", metric: "headcast_sent_bytes_total",
            help: "Payload bytes of the datagrams the kernel took."
        ) { $0.bytesSent },
        Documented(
            name: "heartbeatsSent", metric: "headcast_heartbeats_sent_total",
            help: "Heartbeats the kernel took, every endpoint counted; only the enveloped format has them."
        ) { $0.heartbeatsSent },
        Documented(
            name: "copiesSent", metric: "headcast_copies_sent_total",
            help: "(subscriber, copy) pairs of a message that the kernel took whole."
        ) { $0.copiesSent },
        Documented(
            name: "copiesFailed", metric: "headcast_copies_failed_total",
            help: "(subscriber, copy) pairs of a message that were not taken, those overtaken in the log included."
        ) { $0.copiesFailed },
        Documented(
            name: "copiesOverrun", metric: "headcast_copies_overrun_total",
            help: "(subscriber, copy) pairs of a message overtaken in the log before they were due."
        ) { $0.copiesOverrun },
        Documented(
            name: "runsRefused", metric: "headcast_runs_refused_total",
            help: "Sends that the kernel would only take datagram by datagram."
        ) { $0.runsRefused },
        Documented(
            name: "overloaded", metric: "headcast_publishes_overloaded_total",
            help: "Publishes refused because the log was full of what is still to be sent."
        ) { $0.overloaded },
        Documented(
            name: "rateLimited", metric: "headcast_publishes_rate_limited_total",
            help: "Publishes refused because the topic's bytes per second were used up."
        ) { $0.rateLimited },
    ]
}
