import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// A request with responses, one or a batch of them; answered once each has its result. Loop thread only.
final class Submission {
    /// What became of one response; small for what comes of most.
    indirect enum Result {
        case stored
        case repeated
        /// The record says something else: what, where that is known.
        case diverged(Divergent, FirstAnswer?)
        case refused(HTTPResponse)

        init(_ refusal: Refusal) {
            self = .refused(refusal.response)
        }
    }

    let exchange: Exchange
    /// When it is answered although the store has said nothing.
    let deadline: Instant
    private let isBatch: Bool
    private var results: [Result?]
    /// What results will be unless more is found out.
    private var preliminary: [Int: Result] = [:]
    private(set) var openCount: Int

    /// One response, which is the body.
    init(_ exchange: Exchange, deadline: Instant) {
        self.exchange = exchange
        self.deadline = deadline
        isBatch = false
        results = [nil]
        openCount = 1
    }

    init(batchOf count: Int, _ exchange: Exchange, deadline: Instant) {
        self.exchange = exchange
        self.deadline = deadline
        isBatch = true
        results = Array(repeating: nil, count: count)
        openCount = count
    }

    var isAnswered: Bool { openCount == 0 }

    func isOpen(_ index: Int) -> Bool { !isAnswered && results[index] == nil }

    /// Response `index` has this result unless ``settle(_:_:)`` gives it a better one in time.
    func prepare(_ index: Int, _ result: Result) {
        preliminary[index] = result
    }

    /// How many have no result, not even a preliminary one.
    var unpreparedCount: Int { openCount - preliminary.keys.count { isOpen($0) } }

    /// Gives response `index` its result, unless it has one; the last one answers the request.
    func settle(_ index: Int, _ result: Result) {
        guard isOpen(index) else { return }
        results[index] = result
        openCount -= 1
        if openCount == 0 { respond() }
    }

    /// Gives `result` to all responses that have none, not even a preliminary one.
    func settleRest(_ result: Result) {
        for index in results.indices { settle(index, preliminary[index] ?? result) }
    }

    func respond() {
        guard isBatch else {
            switch results.first {
            case .stored??: exchange.respond(Self.stored)
            case .repeated??: exchange.respond(Self.repeated)
            case let result??: exchange.respond(Self.response(result))
            default: break
            }
            return
        }
        var json = JSONWriter(reserving: 64 + 48 * results.count)
        json.object { json in
            json.array("results") { list in
                for case let result? in results { Self.write(result, to: &list) }
            }
        }
        json.newline()
        exchange.respond(HTTPResponse(status: 200, contentType: HTTPResponse.json, body: json.bytes))
        results = []
    }

    private static let stored = PreparedResponse(.document(status: 201) { $0.field("outcome", "stored") })
    private static let repeated = PreparedResponse(.document(status: 200) { $0.field("outcome", "repeated") })

    private static func response(_ result: Result) -> HTTPResponse {
        switch result {
        case .stored: stored.response
        case .repeated: repeated.response
        case .diverged(let divergent, let first): divergent.refusal(by: first)
        case .refused(let response): response
        }
    }

    private static func write(_ result: Result, to json: inout JSONWriter) {
        switch result {
        // The most by far.
        case .stored: json.raw(#"{"status":201,"outcome":"stored"}"#)
        case .repeated: json.raw(#"{"status":200,"outcome":"repeated"}"#)
        case .diverged, .refused:
            let response = response(result)
            json.object {
                $0.field("status", response.status)
                $0.members(of: response.body)
            }
        }
    }
}
