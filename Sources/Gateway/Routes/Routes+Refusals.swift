import Clocks
import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    static var draining: Refusal {
        Refusal(.draining, "this gateway is shutting down; publish again and another replica will take it")
    }

    static func notFound(_ exchange: Exchange) -> Refusal {
        .notFound(exchange, hint: "publish at /publish/TOPIC, read /status, /topics or /messages")
    }

    static func topicRequired(_ gateway: GatewayState) -> Refusal {
        let names = gateway.topics.map(\.name).prefix(10).joined(separator: ", ")
        return Refusal(
            .topicRequired,
            "this gateway has several topics; publish at /publish/TOPIC, or at /publish?topic=A&topic=B: \(names)")
    }

    static func tooLarge(_ bytes: Int?, limit: Int, for topic: TopicService) -> Refusal {
        let size = bytes.map { "payload of \($0) bytes" } ?? "payload"
        let hint = topic.configuration.format == .cloudevents ? ", in which the whole event has to fit" : ""
        return Refusal(.payloadTooLarge, "\(size) exceeds the topic's limit of \(limit) bytes\(hint)") {
            $0.field("limit", limit)
        }
    }

    static func tooLarge(_ bytes: Int?, _ limit: Int, _ target: PublishTarget) -> Refusal {
        let size = bytes.map { "body of \($0) bytes" } ?? "body"
        switch target.kind {
        case .batch:
            return Refusal(.batchTooLarge, "\(size) exceeds the \(limit) bytes that a batch may have") {
                $0.field("limit", limit)
            }
        case .several:
            return Refusal(.payloadTooLarge, "\(size) exceeds the \(limit) bytes that any of the topics takes") {
                $0.field("limit", limit)
            }
        }
    }

    func unknownTopic(_ name: String) -> Refusal {
        let names = gateway.topics.map(\.name)
        let all = "this gateway has \(names.prefix(10).joined(separator: ", "))"
        guard !name.isEmpty else { return Refusal(.unknownTopic, "the name of the topic is empty; \(all)") }
        let hint =
            if name.contains(",") {
                "no name has a comma; to publish to several, repeat topic= for each: /publish?topic=A&topic=B"
            } else {
                nearest(to: name, among: names).map { "did you mean \($0)?" } ?? all
            }
        return Refusal(.unknownTopic, "unknown topic \(name.quoted); \(hint)")
    }

    /// - Parameter time: as the event says it.
    static func expired(at time: String) -> Refusal {
        Refusal(.expiredEvent, "expirytime is \(time.quoted), which is past; nobody has use for the event")
    }

    /// Words why a message was not taken.
    static func refusal(_ fault: PublishFault, topic: TopicService) -> Refusal {
        let name = topic.name.quoted
        switch fault {
        case .payloadTooLarge(let bytes, let limit):
            return tooLarge(bytes, limit: limit, for: topic)
        case .eventTooLarge(let bytes, let limit):
            return Refusal(
                .payloadTooLarge, "the event of \(bytes) bytes exceeds the topic's datagramBytes, \(limit)"
            ) { $0.field("limit", limit) }
        case .overloaded:
            return Refusal(
                .overloaded, "the log of topic \(name) is full of what is still to be sent; publish again later")
        case .tooManySpacings(let limit):
            return Refusal(
                .overloaded, "copies of topic \(name) are under way with \(limit) different spacings; use one of them")
        case .rateLimited(let wait):
            let limit = topic.configuration.maximumBytesPerSecond ?? 0
            let seconds = max(1, Int(wait.seconds.rounded(.up)))
            return Refusal(
                .rateLimited, "topic \(name) sends at most \(limit) bytes per second to all its subscribers together",
                retryAfterSeconds: seconds
            ) { $0.field("limit", limit) }
        case .tooFewSubscribers(let present, let required):
            return Refusal(
                .tooFewSubscribers,
                "topic \(name) has \(present) subscriber\(present == 1 ? "" : "s") of the \(required) required; "
                    + "nothing was sent"
            ) {
                $0.field("subscribers", present)
                $0.field("required", required)
            }
        case .unresolved:
            let reason = topic.topic.membership.stale?.reason ?? "its first lookup is under way"
            return Refusal(.unresolved, "topic \(name) has not resolved yet: \(reason)")
        }
    }
}
