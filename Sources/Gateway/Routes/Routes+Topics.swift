import Clocks
import Endpoints
import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    /// GET /status: everything at a glance, or one topic of it.
    func status(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        let query = try QueryReader(exchange, known: ["topic"])
        var shown = gateway.topics
        if let name = query["topic"] { shown = [try topic(named: name)] }
        return .document { json in
            json.field("version", Release.version)
            json.field("gateway", gateway.name)
            json.field("startedAt", gateway.startedAt.timestamp)
            json.array("topics") { list in
                for topic in shown { list.object { document(of: topic).write(to: &$0) } }
            }
        }
    }

    /// GET /topics
    func topics(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        let page = try Page(QueryReader(exchange, known: Page.names))
        let after = try page.after { TopicConfiguration.isValid(name: $0) ? $0 : nil }
        let sorted = gateway.topics.sorted { $0.name < $1.name }.drop { $0.name <= after ?? "" }
        return page.document(of: sorted, cursor: \.name) { document(of: $0).write(to: &$1) }
    }

    /// GET /topics/{topic}
    func topic(_ exchange: Exchange, named name: String) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        let topic = try topic(named: name)
        return .document { document(of: topic).write(to: &$0) }
    }

    /// GET /topics/{topic}/subscribers, by endpoint
    func subscribers(_ exchange: Exchange, of name: String) throws(Refusal) -> HTTPResponse {
        let page = try Page(QueryReader(exchange, known: Page.names))
        let after = try page.after { Endpoint($0) }
        let views = try topic(named: name).sortedSubscribers(at: gateway.now.instant)
        let rest = views.drop { view in after.map { view.endpoint <= $0 } ?? false }
        return page.document(of: rest, cursor: \.endpoint.description) { $1.fields(of: $0) }
    }

    /// GET /topics/{topic}/changes, newest first
    func changes(_ exchange: Exchange, of name: String) throws(Refusal) -> HTTPResponse {
        let page = try Page(QueryReader(exchange, known: Page.names))
        let before = try page.after { UInt64(decimal: $0) } ?? .max
        let changes = try topic(named: name).numberedChanges.reversed().drop { $0.number >= before }
        return page.document(of: changes, cursor: { String($0.number) }) { change, json in
            json.field("revision", change.change.revision)
            json.field("at", change.change.at)
            json.field("change", change.change.kind.rawValue)
            json.field("endpoint", change.change.member.endpoint)
            json.field("name", change.change.member.name)
            json.field("reason", change.change.reason)
        }
    }

    private func document(of topic: TopicService) -> TopicDocument {
        TopicDocument(service: topic, now: gateway.now)
    }
}
