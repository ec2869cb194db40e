import FanOut
import JSON
import MicroHTTP
import Service

extension Routes {
    /// GET /readyz
    func readyz(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        try Health.readiness(exchange, gateway.phase, isReady: gateway.isReady) { json in
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
