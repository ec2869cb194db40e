import Requesting

/// One gateway that is asked, and what it answers.
struct Replica {
    let client: GatewayClient

    /// What one gateway says of itself.
    struct Report {
        /// The URL it was asked at.
        var url: String
        var status: StatusDocument
        /// The word of `/readyz`: `ok`, `starting` or `draining`.
        var readiness: String
    }

    /// What came of asking a gateway.
    enum Answer {
        case report(Report)
        /// It answered, and not with its status; `readiness` as in a report.
        case refusal(url: String, readiness: String, ErrorDocument.Content)
        case failure(url: String, reason: String)

        var report: Report? {
            if case .report(let report) = self { report } else { nil }
        }
    }

    /// Asks all of `replicas` at the same time, for one topic or for all.
    static func ask(_ replicas: [Replica], topic: String?) -> [Answer] {
        guard let http = replicas.first?.client.http else { return [] }
        let query = topic.map { "?topic=\($0.percentEncoded)" } ?? ""
        let requests = replicas.flatMap { [$0.client.request("/status\(query)"), $0.client.request("/readyz")] }
        let results = http.perform(requests)
        return replicas.enumerated().map { index, replica in
            replica.answer(status: results[2 * index], readiness: results[2 * index + 1])
        }
    }

    /// Asks all of `replicas` for one message.
    static func ask(_ replicas: [Replica], message id: String) -> [(url: String, finding: MessageFinding)] {
        guard let http = replicas.first?.client.http else { return [] }
        let results = http.perform(replicas.map { $0.client.request("/messages/\(id.percentEncoded)") })
        return zip(replicas, results).map { replica, result in (replica.client.url, MessageFinding(result)) }
    }

    /// The subscribers of the message's topic as the one of `replicas` sees them now that knows the message; nil where
    /// they do not come.
    static func subscribers(_ replicas: [Replica], of page: MessagePage) -> [SubscriberStatus]? {
        guard let known = page.known, let replica = replicas.first(where: { $0.client.url == known.url }) else {
            return nil
        }
        return replica.subscribers(of: known.message.receipt.topic)
    }

    /// Every subscriber of `topic`; nil when a page does not come.
    func subscribers(of topic: String) -> [SubscriberStatus]? {
        var subscribers: [SubscriberStatus] = []
        var after = ""
        // As many as a topic can have, a thousand on a page: no answer makes this go on for ever.
        for _ in 0..<66 {
            let path = "/topics/\(topic.percentEncoded)/subscribers?limit=1000\(after)"
            guard case .success(let answer) = client.http.perform([client.request(path)])[0],
                let page = SubscriberPage.read(answer.body)
            else { return nil }
            subscribers += page.items
            guard let next = page.next, !page.items.isEmpty else { return subscribers }
            after = "&after=\(next.percentEncoded)"
        }
        return subscribers
    }

    private func answer(
        status: Result<HTTPAnswer, HTTPFailure>, readiness: Result<HTTPAnswer, HTTPFailure>
    ) -> Answer {
        switch status {
        case .failure(let failure): return .failure(url: client.url, reason: "\(failure)")
        case .success(let answer):
            let word = (try? readiness.get()).flatMap { ReadinessDocument.read($0.body)?.status } ?? "unknown"
            if let error = ErrorDocument.read(answer.body)?.error {
                return .refusal(url: client.url, readiness: word, error)
            }
            guard answer.status == 200, let document = StatusDocument.read(answer.body) else {
                return .failure(url: client.url, reason: answer.strangeness)
            }
            return .report(Report(url: client.url, status: document, readiness: word))
        }
    }
}
