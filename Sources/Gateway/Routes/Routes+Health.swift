import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    /// GET /livez: the loop turns, or nobody would answer.
    func livez(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        return Answer.document { $0.field("status", "ok") }
    }

    /// GET /readyz
    func readyz(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        let word = gateway.phase != .serving ? "draining" : gateway.isReady ? "ok" : "starting"
        return Answer.document(status: gateway.isReady ? 200 : 503) { json in
            json.field("status", word)
            json.array("unresolved") { list in
                for topic in gateway.unresolved {
                    list.object {
                        $0.field("topic", topic.name)
                        $0.field("reason", topic.topic.membership.stale?.reason)
                    }
                }
            }
        }
    }
}
