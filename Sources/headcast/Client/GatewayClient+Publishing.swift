import Requesting
import Service

extension GatewayClient {
    /// Publishes one message to one topic.
    func publish(_ payload: [UInt8], to topic: String, _ options: PublishRequestOptions) -> PublishOutcome {
        PublishOutcome(post(payload, "/publish/\(topic.percentEncoded)", options.query, options.fields(isBatch: false)))
    }

    /// Publishes one message to several topics; an outcome for each, in their order.
    func publish(_ payload: [UInt8], to topics: [String], _ options: PublishRequestOptions) -> [PublishOutcome] {
        let query = topics.map { "topic=\($0.percentEncoded)" } + options.query
        return outcomes(post(payload, "/publish", query, options.fields(isBatch: false)), count: topics.count)
    }

    /// Publishes a batch to one topic; an outcome for each entry, in their order.
    func publish(_ batch: BatchBody, to topic: String, _ options: PublishRequestOptions) -> [PublishOutcome] {
        let path = "/publish/\(topic.percentEncoded)/batch"
        return outcomes(post(batch.bytes, path, options.query, options.fields(isBatch: true)), count: batch.count)
    }

    private func post(
        _ body: [UInt8], _ path: String, _ query: [String], _ fields: [String]
    ) -> Result<HTTPAnswer, HTTPFailure> {
        var request = request(query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))")
        request.method = .post(body: body)
        request.headers += fields
        return http.perform([request])[0]
    }

    /// What an answer says of each; one that has no results says the same of all.
    private func outcomes(_ answer: Result<HTTPAnswer, HTTPFailure>, count: Int) -> [PublishOutcome] {
        if case .success(let answer) = answer, answer.status == 200 {
            guard let results = answer.results, results.count == count else {
                return Array(repeating: .strange(answer), count: count)
            }
            return results.map { PublishOutcome($0) }
        }
        return Array(repeating: PublishOutcome(answer), count: count)
    }
}

/// What a publish asks for besides sending the payload.
struct PublishRequestOptions {
    var copies: Int?
    var spacing: Duration?
    var require: Int?
    /// How old the membership may be.
    var maximumAge: Duration?
    var ttl: Duration?
    var contentType: String?
    var attributes: [(name: String, value: String)] = []
    var idempotencyKey: String?

    /// As items of the query.
    var query: [String] {
        [
            copies.map { "copies=\($0)" }, spacing.map { "spacing=\(ValueFormat.wholeDuration.text($0))" },
            require.map { "require=\($0)" }, ttl.map { "ttl=\(ValueFormat.wholeDuration.text($0))" },
        ].compactMap { $0 }
    }

    /// As fields of the head; the entries of a batch have their Content-Type themselves.
    func fields(isBatch: Bool) -> [String] {
        var fields = attributes.map { "Headcast-Attribute-\($0.name): \($0.value)" }
        if let maximumAge { fields.append("Cache-Control: max-age=\(maximumAge.components.seconds)") }
        if let idempotencyKey { fields.append("Idempotency-Key: \(idempotencyKey)") }
        if isBatch {
            fields.append("Content-Type: application/x-ndjson")
        } else if let contentType {
            fields.append("Content-Type: \(contentType)")
        }
        return fields
    }
}
