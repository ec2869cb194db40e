import Clocks
import Digests
import FanOut
import JSON
import MicroHTTP
import Service
import Wire

/// From a message to its number, and from there to its answer.
extension Routes {
    /// Numbers what a request has for `topic`; a batch only begins to be, see ``numberBatches()``.
    func number(
        _ exchange: Exchange, _ content: PublishContent, _ options: PublishOptions, in topic: TopicService
    ) throws(Refusal) {
        switch content {
        case .body where options.ttl != nil && !topic.configuration.format.carriesTTL:
            let draft = MessageDraft(payload: .part(0..<exchange.withBody { $0.byteCount }))
            try number(exchange, draft, PublishDetails(idempotencyKey: nil), options, in: topic)
        case .body:
            try number(exchange, options, in: topic)
        case .draft(let draft, let details):
            try number(exchange, draft, details, options, in: topic)
        case .batch(let batch):
            guard !batch.isFinished else { return }
            gateway.batches.append(UnnumberedBatch(batch: batch, options: options, topic: topic))
        }
    }

    /// Numbers entries of the batches that there are, as many as a round has time for; batches take turns.
    func numberBatches() {
        guard !gateway.batches.isEmpty else { return }
        let deadline = Instant.now + UnnumberedBatch.roundTime
        repeat {
            guard let first = gateway.batches.first else { return }
            gateway.batches.removeFirst()
            let exchange = first.batch.exchange
            first.batch.number(until: deadline) { draft, details throws(Refusal) in
                try number(exchange, draft, details, first.options, in: first.topic)
            }
            if first.batch.isFinished { exchange.releaseBody() } else { gateway.batches.append(first) }
        } while .now < deadline
    }

    private func number(_ exchange: Exchange, _ options: PublishOptions, in topic: TopicService) throws(Refusal) {
        do throws(PublishFault) {
            try topic.publish(exchange, options, at: gateway.now)
        } catch {
            throw Self.refusal(error, topic: topic)
        }
        exchange.releaseBody()
    }

    private func number(
        _ exchange: Exchange, _ draft: MessageDraft, _ details: PublishDetails, _ options: PublishOptions,
        in topic: TopicService
    ) throws(Refusal) {
        var options = options
        options.attributes = draft.attributes
        options.ttl = draft.ttl ?? options.ttl
        details.dropped = topic.configuration.format.drops(draft.attributes, ttl: options.ttl)
        if let key = draft.idempotencyKey {
            let digest = exchange.withBody { body in
                draft.payload.withBytes(of: body) { SHA256Digest(payload: $0, attributes: draft.attributes) }
            }
            if let first = try claim(key, digest, in: topic) {
                details.respond(response(first, isAlone: details.place == nil, isReplay: true, in: topic), to: exchange)
                return
            }
            options.id = MessageID(topic: topic.name, key: key, digest: digest)
        }
        if options.ttl == nil, let expiry = EventContext.expiry(in: draft.attributes) {
            let left = expiry - gateway.now.timestamp.milliseconds
            guard left > 0 else {
                if let key = draft.idempotencyKey { topic.idempotency.release(key) }
                throw Self.expired(at: draft.attributes["ce-expirytime"] ?? "")
            }
            // What is longer than an envelope can say is as good as no end.
            if left <= UInt32.max { options.ttl = .milliseconds(left) }
        }
        do throws(PublishFault) {
            try topic.publish(exchange, options, draft.payload, details, at: gateway.now)
        } catch {
            if let key = draft.idempotencyKey { topic.idempotency.release(key) }
            throw Self.refusal(error, topic: topic)
        }
        if details.place == nil { exchange.releaseBody() }
    }

    /// What became of the first publish with `key`; nil if this is it, which is under way then.
    private func claim(
        _ key: IdempotencyKey, _ digest: SHA256Digest, in topic: TopicService
    ) throws(Refusal) -> PublishedMessage? {
        switch topic.idempotency.claim(key, digest, at: gateway.now.instant) {
        case .new:
            return nil
        case .replay(let first):
            return first
        case .mismatch:
            throw Refusal(
                .idempotencyMismatch,
                "this idempotency key was used for another message to topic \(topic.name.quoted); use a new one")
        case .inProgress:
            throw Refusal(
                .idempotencyInProgress,
                "the first publish with this idempotency key is not answered yet; ask again later")
        case .full:
            throw Refusal(
                .overloaded,
                "more publishes with idempotency keys are under way to topic \(topic.name.quoted) than can be remembered"
            )
        }
    }

    /// Answers a publish that has been sent: with its receipt, whatever became of it.
    func answer(_ publish: NumberedPublish, in topic: TopicService) {
        let key = publish.details?.idempotencyKey
        guard let entry = gateway.ledger.take(publish.position) else {
            if let key { topic.idempotency.release(key) }
            publish.respond(
                .error(
                    .internalError, "the message was sent, but its receipt is lost; this is a fault of Headcast"))
            return
        }
        let message = PublishedMessage(entry: entry, dropped: publish.details?.dropped ?? [])
        if let key {
            topic.idempotency.settle(
                key, with: message, receiptBytes: message.droppedBytes, at: gateway.now.instant)
        }
        publish.respond(response(message, isAlone: publish.details?.place == nil, in: topic))
    }

    /// Where a gateway tells of a message; made in one piece.
    private static func path(of id: MessageID) -> String {
        let folder: StaticString = "/messages/"
        let text = id.utf8
        return String(unsafeUninitializedCapacity: folder.utf8CodeUnitCount + text.count) { buffer in
            let end = folder.withUTF8Buffer { buffer.initialize(fromContentsOf: $0) }
            return text.span.withUnsafeBufferPointer { buffer[end...].initialize(fromContentsOf: $0) }
        }
    }

    private func response(
        _ message: PublishedMessage, isAlone: Bool, isReplay: Bool = false, in topic: TopicService
    ) -> HTTPResponse {
        let entry = message.entry
        var receipt = Receipt(entry: entry, topic: topic)
        receipt.dropped = message.dropped
        receipt.isReplay = isReplay
        var response: HTTPResponse
        if entry.subscribers == 0 || entry.sent > 0 {
            response = .document(status: entry.subscribers > 0 ? 201 : 202) { receipt.write(to: &$0) }
        } else {
            response = .error(
                .sendFailed,
                "no copy could be sent to any of \(entry.subscribers) subscriber\(entry.subscribers == 1 ? "" : "s"); "
                    + "/messages/\(entry.id) says why"
            ) { $0.object("receipt") { receipt.write(to: &$0) } }
        }
        // The answer of one message among others has none.
        if isAlone { response.location = Self.path(of: entry.id) }
        if isReplay { response.headers.append((name: "Idempotency-Replayed", value: "true")) }
        return response
    }
}

/// What became of a message, as its publisher is told it.
struct PublishedMessage {
    let entry: LedgerEntry
    /// The names of attributes that did not travel.
    let dropped: [String]

    /// What keeping the names takes: a string, and what does not fit in it.
    var droppedBytes: Int { dropped.reduce(0) { $0 + 48 + $1.utf8.count } }
}
