import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// Looking into the store.
extension Routes {
    /// GET /records
    func records(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        let query = try QueryReader(exchange, known: Page.names + ["topic"])
        try ask(.allRecords(topic: try label("topic", query["topic"]), try page(query)), exchange)
        return nil
    }

    /// GET /records/{messageId}
    func records(_ exchange: Exchange, of message: String) throws(Refusal) -> HTTPResponse? {
        let page = try page(QueryReader(exchange, known: Page.names))
        try ask(.records(of: try label("messageId", of: message), page), exchange)
        return nil
    }

    /// GET /records/{messageId}/responders
    func responders(_ exchange: Exchange, of message: String) throws(Refusal) -> HTTPResponse? {
        let page = try page(QueryReader(exchange, known: Page.names))
        try ask(.responders(of: try label("messageId", of: message), page), exchange)
        return nil
    }

    /// GET /divergences
    func divergences(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        let query = try QueryReader(exchange, known: Page.names + ["messageId"])
        try ask(.divergences(of: try label("messageId", query["messageId"]), try page(query)), exchange)
        return nil
    }

    /// How many lists may be looked up or on their way to clients at a time; each may take a few megabytes.
    static let maximumLists = 64

    private func ask(_ list: ListQuestion, _ exchange: Exchange) throws(Refusal) {
        guard recorder.listCount < Self.maximumLists else {
            throw Refusal(.overloaded, "\(Self.maximumLists) lists are being read already; ask again later")
        }
        exchange.attachment = RequestCount(\.listCount, of: recorder)
        try ask(.list(list), exchange) { finding in
            if case .response(let response) = finding { exchange.respond(response) }
        }
    }

    /// Asks the store, and answers `exchange` by `answer` with what was found, or that it could not be.
    func ask(_ question: Question, _ exchange: Exchange, _ answer: @escaping (Finding) -> Void) throws(Refusal) {
        try wait(exchange)
        let patience = recorder.configuration.patience
        let isAsked = recorder.queries.ask(question, at: recorder.now.instant) { result in
            switch result {
            case .success(let finding)?: answer(finding)
            case .failure(let error)?:
                exchange.respond(.error(error.code, "the store cannot be looked into, ask again later: \(error)"))
            case nil:
                exchange.respond(
                    .error(.storeUnavailable, "the store has not answered for \(patience.text); ask again later"))
            }
        }
        guard !isAsked else { return }
        exchange.respond(.error(.overloaded, "\(recorder.queries.count) questions are open already; ask again later"))
    }

    // MARK: Parameters

    private func page(_ query: QueryReader) throws(Refusal) -> PageRequest {
        let page = try Page(query)
        return PageRequest(after: try page.after { Cursor($0) }, limit: page.limit, maximumBytes: 1 << 20)
    }

    private func label(_ name: String, _ text: String?) throws(Refusal) -> Label? {
        guard let text else { return nil }
        return try label(name, of: text)
    }

    private func label(_ name: String, of text: String) throws(Refusal) -> Label {
        do throws(LabelFault) {
            return try Label(text)
        } catch {
            throw Refusal(.invalidParameter, "\(name) \(error)") { $0.field("parameter", name) }
        }
    }
}
