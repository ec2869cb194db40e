import Clocks
import Endpoints
import FanOut
import MicroHTTP
import Service

extension Routes {
    /// GET /messages, newest first
    func messages(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        let query = try QueryReader(exchange, known: Page.names + ["topic", "failed", "endpoint"])
        let page = try Page(query)
        let before = try page.after { UInt64(decimal: $0) }
        let filter = try filter(query)
        let only = try query["topic"].map { name throws(Refusal) in try topic(named: name) }
        let positions = positions(before: before, of: only).lazy.filter { position in
            self.gateway.ledger[position].map(filter) ?? false
        }
        return page.document(of: positions, cursor: { String($0) }) { position, json in
            if let entry = gateway.ledger[position] { receipt(entry).write(to: &json) }
        }
    }

    /// GET /messages/{id}
    func message(_ exchange: Exchange, id text: String) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        guard let id = MessageID(text) else {
            throw Refusal(.unknownMessage, "\(text.quoted) is no message id; expected a UUID as receipts have it")
        }
        guard let entry = gateway.ledger.position(of: id).flatMap({ gateway.ledger[$0] }) else {
            throw unknown(id)
        }
        let topic = gateway.topics[entry.topic]
        let outcomes = topic.topic.outcomes(of: entry)
        return Answer.document { json in
            Receipt(entry: entry, topic: topic, gateway: gateway.name).write(to: &json)
            guard let outcomes else {
                json.null("endpoints")
                json.field("endpointsReason", "rows of subscribers that left by then are no longer kept")
                return
            }
            json.array("endpoints") { list in
                for outcome in outcomes { list.object { $0.fields(of: outcome) } }
            }
        }
    }

    private func filter(_ query: QueryReader) throws(Refusal) -> (LedgerEntry) -> Bool {
        let failed = try query.value("failed", .boolean)
        let endpoint = try query.value("endpoint", .endpoint)
        return { [gateway] entry in
            guard entry.isSettled else { return false }
            guard let endpoint else { return failed.map { $0 == (entry.failed > 0) } ?? true }
            guard let hasFailed = gateway.topics[entry.topic].topic.hasFailed(entry, for: endpoint) else {
                return false
            }
            return failed.map { $0 == hasFailed } ?? true
        }
    }

    /// Ledger positions, newest first.
    private func positions(before: UInt64?, of topic: TopicService?) -> some Sequence<UInt64> {
        let ledger = gateway.ledger
        guard let topic else {
            let newest = min(before ?? ledger.next, ledger.next)
            return AnySequence((min(ledger.oldest, newest)..<newest).reversed())
        }
        var first = ledger.newest(of: topic.topic.index)
        while let before, let position = first, position >= before {
            first = ledger.newest(of: topic.topic.index, before: position)
        }
        return AnySequence(
            sequence(first: first) { .some($0.flatMap { ledger.newest(of: topic.topic.index, before: $0) }) }
                .prefix { $0 != nil }.lazy.compactMap { $0 })
    }

    private func receipt(_ entry: LedgerEntry) -> Receipt {
        Receipt(entry: entry, topic: gateway.topics[entry.topic], gateway: gateway.name)
    }

    private func unknown(_ id: MessageID) -> Refusal {
        let ledger = gateway.ledger
        let since = ledger[ledger.oldest].map { "since \($0.publishedAt)" } ?? "none yet"
        let message = """
            gateway \(gateway.name) knows no message \(id); it remembers its last \(ledger.capacity) messages \
            (\(since)), and other replicas remember their own
            """
        return Refusal(.unknownMessage, message) {
            $0.field("gateway", gateway.name)
            $0.field("startedAt", gateway.startedAt.timestamp)
            $0.field("remembersSince", ledger[ledger.oldest]?.publishedAt)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of outcome: EndpointOutcome) {
        field("endpoint", outcome.endpoint)
        field("name", outcome.name)
        field("copiesSent", outcome.copiesSent)
        field("error", outcome.error)
    }
}
