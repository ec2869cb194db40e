import FanOut
import MicroHTTP
import Service

/// What a POST publishes to; attached to its exchange. A plain publish has its topic attached instead.
final class PublishTarget {
    enum Kind {
        /// The entries of the body go to this topic.
        case batch(TopicService)
        /// The body goes to each of these topics; nil for a name that no topic has.
        case several([(name: String, topic: TopicService?)])
    }

    let kind: Kind

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// The longest body that can be taken.
    func bodyLimit(isEvent: Bool) -> Int {
        switch kind {
        case .batch: BatchLines.maximumBytes
        case .several(let topics): topics.compactMap { $0.topic?.bodyLimit(isEvent: isEvent) }.max() ?? 0
        }
    }
}

extension TopicService {
    /// The longest body that can be one message: an event in JSON may have its payload in base64, and a context.
    func bodyLimit(isEvent: Bool) -> Int {
        let limit = configuration.maximumPayloadBytes
        return isEvent ? 2 * limit + 131_072 : limit
    }
}
