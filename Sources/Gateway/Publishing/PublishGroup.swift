import JSON
import MicroHTTP
import Service

/// A request with several messages, or with one for several topics; answered once each of them is.
final class PublishGroup {
    let exchange: Exchange

    private var answers: [HTTPResponse?]
    private var open: Int

    init(_ exchange: Exchange, count: Int) {
        self.exchange = exchange
        answers = Array(repeating: nil, count: count)
        open = count
        if count == 0 { respond() }
    }

    /// Gives message `index` what it would be answered alone, headers aside; the last one answers the request.
    func answer(_ index: Int, with response: HTTPResponse) {
        guard answers[index] == nil else { return }
        answers[index] = response
        open -= 1
        if open == 0 { respond() }
    }

    private func respond() {
        let answers = answers
        let size = answers.reduce(64) { $0 + 48 + ($1?.body.count ?? 0) }
        exchange.respond(
            .document(reserving: size) { json in
                json.array("results") { list in
                    for case let answer? in answers { list.object { Self.write(answer, to: &$0) } }
                }
            })
    }

    private static func write(_ answer: HTTPResponse, to json: inout JSONWriter) {
        json.field("status", answer.status)
        if answer.status < 300 {
            json.field("receipt", document: answer.body)
        } else {
            json.members(of: answer.body)
        }
    }
}
