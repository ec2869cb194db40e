import Clocks
import Endpoints
import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    /// How many receipts one request looks at before it gives what it has found and where to go on, so that no search
    /// holds up the loop.
    private static let maximumExamined = 10_000

    /// GET /messages, newest first
    func messages(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        let query = try QueryReader(exchange, known: Page.names + ["topic", "failed", "endpoint"])
        let page = try Page(query)
        let after = try page.after { UInt64(decimal: $0) }
        let filter = try filter(query)
        var topic: TopicService?
        if let name = query["topic"] { topic = try self.topic(named: name) }
        var found: [LedgerEntry] = []
        var examined = 0
        var last: UInt64?
        var next = position(before: after, of: topic)
        while let position = next, found.count < page.limit, examined < Self.maximumExamined {
            if let entry = gateway.ledger[position], filter(entry) { found.append(entry) }
            examined += 1
            last = position
            next = self.position(before: position, of: topic)
        }
        let cursor: String? = next == nil ? nil : last.map { String($0) }
        let shown = found
        return .document { json in
            json.array("items") { list in
                for entry in shown { list.object { receipt(entry).write(to: &$0) } }
            }
            json.field("next", cursor)
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
        return .document { json in
            Receipt(entry: entry, topic: topic).write(to: &json)
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
        guard let endpoint = try query.value("endpoint", .endpoint(like: "10.42.0.7:12000 or [fd00::7]:12000")) else {
            return { entry in entry.isSettled && failed.map { $0 == (entry.failed > 0) } ?? true }
        }
        let histories = gateway.topics.map { $0.topic.history(of: endpoint) }
        guard histories.contains(where: { $0 != nil }) else {
            throw Refusal(
                .invalidParameter, "endpoint is \(endpoint), which has not been a subscriber as far back as is known"
            ) { $0.field("parameter", "endpoint") }
        }
        return { [gateway] entry in
            guard let history = histories[entry.topic] else { return false }
            let topic = gateway.topics[entry.topic].topic
            guard let failed else { return topic.wasMeant(entry, for: history) }
            return topic.hasFailed(entry, for: history) == failed
        }
    }

    /// The ledger position to look at after `position`, or first; nil at the end.
    private func position(before position: UInt64?, of topic: TopicService?) -> UInt64? {
        let ledger = gateway.ledger
        if let topic { return ledger.newest(of: topic.topic.index, before: position) }
        let next = min(position ?? ledger.next, ledger.next)
        return next > ledger.oldest ? next - 1 : nil
    }

    private func receipt(_ entry: LedgerEntry) -> Receipt {
        Receipt(entry: entry, topic: gateway.topics[entry.topic])
    }

    /// For whoever reached another replica than the one that has the receipt, as happens behind a Service.
    private func unknown(_ id: MessageID) -> Refusal {
        let ledger = gateway.ledger
        let oldest = ledger[ledger.oldest]?.publishedAt
        let reach =
            oldest.map { "now back to \($0)" } ?? "and has none since its start at \(gateway.startedAt.timestamp)"
        let message = """
            gateway \(gateway.name) has no receipt of message \(id)\(id.madeAt.map { ", an id of \($0)" } ?? ""); \
            it keeps its last \(ledger.capacity) receipts, \(reach), and every replica keeps its own: \
            ask the one that the receipt names as gateway, or all of them: \
            headcast status --gateway dns://headcast-replicas:8080 --message \(id)
            """
        return Refusal(.unknownMessage, message) {
            $0.field("gateway", gateway.name)
            $0.field("startedAt", gateway.startedAt.timestamp)
            $0.field("remembersSince", oldest)
            if let madeAt = id.madeAt { $0.field("publishedAt", madeAt) }
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
