import MicroHTTP
import Service

extension MessageDraft {
    /// The message that a request is: its body, or the event in its body.
    init(_ exchange: Exchange, _ headers: PublishHeaders) throws(DraftFault) {
        switch headers.mediaType {
        case .event?:
            let body = exchange.bodyBytes
            try self.init(event: 0..<body.count, of: body, adding: try headers.eventAttributes())
        case .events?:
            throw DraftFault(
                .unsupportedMediaType, "a batch of events is published at /publish/TOPIC/batch",
                parameter: "Content-Type")
        case let type? where type.isEvent:
            throw .notUnderstood(type, in: "Content-Type", or: ", or ce- headers")
        default:
            let count = exchange.withBody { $0.byteCount }
            self.init(payload: .part(0..<count), attributes: try headers.attributes())
        }
        idempotencyKey = headers.idempotencyKey
    }
}
