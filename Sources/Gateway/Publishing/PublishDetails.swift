import MicroHTTP

/// What there is to one message besides its body and its exchange; a plain publish has none of it.
final class PublishDetails {
    let idempotencyKey: IdempotencyKey?
    /// The request it is one message of, and which one; nil when it is the only one.
    let place: (group: PublishGroup, index: Int)?
    /// The names of attributes that the topic's format does not carry, `ttl` for a time to live.
    var dropped: [String] = []

    init(idempotencyKey: IdempotencyKey?, place: (group: PublishGroup, index: Int)? = nil) {
        self.idempotencyKey = idempotencyKey
        self.place = place
    }

    /// Gives the message its answer: the request's own, or its part of it.
    func respond(_ response: HTTPResponse, to exchange: Exchange) {
        if let place {
            place.group.answer(place.index, with: response)
        } else {
            exchange.respond(response)
        }
    }
}

/// What one request publishes to one topic.
enum PublishContent {
    /// One message that is the body and nothing else.
    case body
    /// One message with more to it.
    case draft(MessageDraft, PublishDetails)
    /// The messages of a batch.
    case batch(Batch)
}
