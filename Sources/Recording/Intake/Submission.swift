import Clocks
import JSON
import MicroHTTP
import Service

/// A request with responses, one or a batch of them; answered once each has its result. Loop thread only.
final class Submission {
    /// What became of one response.
    enum Result {
        case stored
        case repeated
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

    func isOpen(_ index: Int) -> Bool { results[index] == nil }

    /// Gives response `index` its result, unless it has one; the last one answers the request.
    func settle(_ index: Int, _ result: Result) {
        guard results[index] == nil else { return }
        results[index] = result
        openCount -= 1
        if openCount == 0 { respond() }
    }

    /// Gives `result` to all responses that have none.
    func settleRest(_ result: Result) {
        for index in results.indices { settle(index, result) }
    }

    func respond() {
        guard isBatch else {
            if case let result?? = results.first { exchange.respond(Self.response(result)) }
            return
        }
        var json = JSONWriter(reserving: 64 + 48 * results.count)
        json.object { json in
            json.array("results") { list in
                for case let result? in results { list.object { Self.write(result, to: &$0) } }
            }
        }
        json.newline()
        exchange.respond(HTTPResponse(status: 200, contentType: HTTPResponse.json, body: json.bytes))
        results = []
    }

    private static func response(_ result: Result) -> HTTPResponse {
        switch result {
        case .stored: .document(status: 201) { $0.field("outcome", "stored") }
        case .repeated: .document(status: 200) { $0.field("outcome", "repeated") }
        case .refused(let response): response
        }
    }

    private static func write(_ result: Result, to json: inout JSONWriter) {
        switch result {
        case .stored:
            json.field("status", 201)
            json.field("outcome", "stored")
        case .repeated:
            json.field("status", 200)
            json.field("outcome", "repeated")
        case .refused(let response):
            json.field("status", response.status)
            json.members(of: response.body)
        }
    }
}
