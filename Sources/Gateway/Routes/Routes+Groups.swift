import FanOut
import JSON
import MicroHTTP
import Service
import Wire

/// Requests that are several publishes, each with its own answer among the results.
extension Routes {
    func publish(_ exchange: Exchange, to target: PublishTarget) {
        do throws(Refusal) {
            switch target.kind {
            case .batch(let topic): try publishBatch(exchange, to: topic)
            case .several(let topics): try publish(exchange, toEach: topics)
            }
            exchange.suspend()
        } catch {
            exchange.respond(error.response)
        }
    }

    /// The topics that the query of a POST to `/publish` names; nil where it names none.
    func severalTopics(of exchange: Exchange) throws(Refusal) -> PublishTarget? {
        let names: [String]
        do throws(TargetFault) {
            names = try exchange.queryItems().values(of: "topic").map { $0 ?? "" }
        } catch {
            throw Refusal(.malformedRequest, "query: \(error)")
        }
        guard let first = names.first else { return nil }
        guard Set(names).count == names.count else {
            throw Refusal(.invalidParameter, "topic names the same one more than once; give each once") {
                $0.field("parameter", "topic")
            }
        }
        let topics = names.map { (name: $0, topic: gateway.topic(named: $0)) }
        guard topics.contains(where: { $0.topic != nil }) else { throw unknownTopic(first) }
        return PublishTarget(.several(topics))
    }

    /// POST /publish/{topic}/batch
    private func publishBatch(_ exchange: Exchange, to topic: TopicService) throws(Refusal) {
        let parameters = try PublishParameters(exchange)
        let batch: Batch
        do throws(DraftFault) {
            batch = try Self.batch(exchange, parameters.headers)
        } catch {
            throw Refusal(error)
        }
        do throws(Refusal) {
            try begin(exchange, .batch(batch), parameters, in: topic)
        } catch {
            batch.refuse(with: error)
        }
    }

    /// POST /publish?topic=a&topic=b
    private func publish(
        _ exchange: Exchange, toEach topics: [(name: String, topic: TopicService?)]
    ) throws(Refusal) {
        let parameters = try PublishParameters(exchange)
        let draft: MessageDraft
        do throws(DraftFault) {
            draft = try MessageDraft(exchange, parameters.headers ?? PublishHeaders())
        } catch {
            throw Refusal(error)
        }
        let group = PublishGroup(exchange, count: topics.count)
        for (index, (name, topic)) in topics.enumerated() {
            do throws(Refusal) {
                guard let topic else { throw unknownTopic(name) }
                let details = PublishDetails(idempotencyKey: draft.idempotencyKey, place: (group, index))
                try begin(exchange, .draft(draft, details), parameters, in: topic)
            } catch {
                group.answer(index, with: error.response)
            }
        }
    }

    /// The entries of a batch, which are lines unless its Content-Type says otherwise.
    private static func batch(_ exchange: Exchange, _ headers: PublishHeaders?) throws(DraftFault) -> Batch {
        guard headers?.idempotencyKey == nil else {
            throw DraftFault(
                .invalidParameter, "a batch has no idempotency key; give each entry its own idempotencyKey",
                parameter: "Idempotency-Key")
        }
        guard headers?.isEvent != true else {
            throw DraftFault(
                .invalidEvent,
                "ce- headers make one event of one message; publish events as \(MediaType.events.name)")
        }
        let body = exchange.bodyBytes
        let others = try headers?.eventAttributes() ?? Attributes()
        switch headers?.mediaType {
        case nil, .lines?:
            return Batch(exchange, try BatchLines(body).ranges) { line throws(DraftFault) in
                try MessageDraft(line: line, of: body).adding(others)
            }
        case .events?:
            return Batch(exchange, try MessageDraft.events(in: body)) { event throws(DraftFault) in
                try MessageDraft(event: event, of: body).adding(others)
            }
        case let type?:
            throw DraftFault(
                .unsupportedMediaType,
                "a batch of type \(type.name.quoted) is not understood; expected \(MediaType.lines.name) or \(MediaType.events.name)",
                parameter: "Content-Type")
        }
    }
}
