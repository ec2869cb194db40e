import Clocks
import MicroHTTP
import Service

/// Which path does what.
final class Routes: HTTPService {
    let recorder: RecorderState

    /// What a request posts.
    enum Posted {
        case response, batch
    }

    init(_ recorder: RecorderState) {
        self.recorder = recorder
    }

    func bodyRule(for exchange: Exchange) -> BodyRule {
        guard exchange.method == .post else { return .ignore }
        do throws(Refusal) {
            guard let posted = Self.posted(try exchange.parts()) else { return .ignore }
            try recorder.checkStore()
            return .accept(upTo: bodyLimit(of: posted))
        } catch {
            return .refuse(error.response)
        }
    }

    func respond(to exchange: Exchange) {
        do throws(Refusal) {
            let parts = try exchange.parts()
            if exchange.method == .post, let posted = Self.posted(parts) {
                try take(posted, exchange)
            } else if let response = try answer(to: exchange, at: parts) {
                exchange.respond(response)
            }
        } catch {
            exchange.respond(error.response)
        }
    }

    func response(to fault: HTTPFault, for exchange: Exchange) -> HTTPResponse {
        fault.response { limit in
            let posted = (try? exchange.parts()).flatMap(Self.posted)
            guard exchange.method == .post, let posted else { return Refusal.unwantedBody(limit: limit).response }
            return Self.tooLarge(posted, exchange.contentLength, limit: limit).response
        }
    }

    func answered(_ exchange: Exchange, with status: Int) {
        // Responses that waited are answered together, and the clock was read for all of them.
        let now = exchange.isSuspended ? recorder.now.instant : .now
        recorder.requests.record(status: status, isPost: exchange.method == .post, duration: now - exchange.begunAt)
    }

    // MARK: Finding the way

    private static func posted(_ parts: [String]) -> Posted? {
        switch (parts.first ?? "", parts.count) {
        case ("responses", 1): .response
        case ("responses", 2) where parts[1] == "batch": .batch
        default: nil
        }
    }

    private typealias Read = (Exchange) throws(Refusal) -> HTTPResponse?

    /// Nil when the answer comes later.
    private func answer(to exchange: Exchange, at parts: [String]) throws(Refusal) -> HTTPResponse? {
        guard let route = read(parts) else {
            guard Self.posted(parts) != nil else {
                throw .notFound(
                    exchange, hint: "post responses to /responses, read /records, /divergences, /export or /status")
            }
            throw .methodNotAllowed(exchange, allow: "POST")
        }
        guard exchange.method == .get || exchange.method == .head else {
            throw .methodNotAllowed(exchange, allow: "GET, HEAD")
        }
        return try route(exchange)
    }

    /// What answers a GET of the path `parts`; nil when nothing is there to read.
    private func read(_ parts: [String]) -> Read? {
        switch (parts.first ?? "", parts.count) {
        case ("records", 1): records
        case ("records", 2): { exchange throws(Refusal) in try self.records(exchange, of: parts[1]) }
        case ("records", 3) where parts[2] == "responders":
            { exchange throws(Refusal) in try self.responders(exchange, of: parts[1]) }
        case ("divergences", 1): divergences
        case ("export", 1): export
        case ("status", 1): status
        case ("livez", 1): Health.liveness
        case ("readyz", 1): readyz
        case ("metrics", 1): metrics
        case ("openapi.yaml", 1): openAPI
        default: nil
        }
    }
}
