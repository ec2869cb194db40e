import JSON
import MicroHTTP

/// What every server answers to probes.
package enum Health {
    /// GET /livez: the loop turns, or nobody would answer.
    package static func liveness(_ exchange: Exchange) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        return .document { $0.field("status", "ok") }
    }

    /// GET /readyz
    ///
    /// - Parameters:
    ///   - isReady: whether Services should route here, as far as that is not a matter of the phase.
    ///   - members: writes what is still waited for.
    package static func readiness(
        _ exchange: Exchange, _ phase: Drain.Phase, isReady: Bool, with members: (inout JSONWriter) -> Void
    ) throws(Refusal) -> HTTPResponse {
        _ = try QueryReader(exchange, known: [])
        let word = phase != .serving ? "draining" : isReady ? "ok" : "starting"
        return .document(status: word == "ok" ? 200 : 503) { json in
            json.field("status", word)
            members(&json)
        }
    }
}
