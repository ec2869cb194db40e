import Clocks
import JSON
import MicroHTTP
import Records
import Service

/// What the recorder says about itself.
extension Routes {
    /// GET /status: with what the store counts where it can be asked, in any case with how it does.
    func status(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        _ = try QueryReader(exchange, known: [])
        try wait(exchange)
        let isAsked = recorder.queries.ask(.totals, at: recorder.now.instant) { [recorder] result in
            var totals: StoreTotals?
            if case .success(.totals(let found))? = result { totals = found }
            exchange.respond(Self.document(recorder, totals))
        }
        if !isAsked { exchange.respond(Self.document(recorder, nil)) }
        return nil
    }

    /// GET /readyz
    func readyz(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        try Health.readiness(exchange, recorder.phase, isReady: recorder.isReady) { json in
            json.field("reason", recorder.health.isOpen ? nil : recorder.health.trouble?.error.description)
        }
    }

    /// GET /openapi.yaml: the contract, as it was when this program was built.
    func openAPI(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        _ = try QueryReader(exchange, known: [])
        return HTTPResponse(status: 200, contentType: "application/yaml", body: PackageResources.openapi_yaml)
    }

    private static func document(_ recorder: RecorderState, _ totals: StoreTotals?) -> HTTPResponse {
        .document { json in
            json.field("version", Release.version)
            json.field("recorder", recorder.name)
            json.field("startedAt", recorder.startedAt.timestamp)
            json.object("store") { store in
                store.field("location", recorder.configuration.store.description)
                store.field("state", recorder.health.word)
                store.field("reason", recorder.health.trouble?.error.description)
                store.field("since", recorder.health.trouble?.since.timestamp)
            }
            json.field("rows", totals?.rows)
            json.field("answers", totals?.answers)
            json.field("duplicates", totals?.duplicates)
            json.field("divergences", totals?.divergences)
            json.field("retries", totals?.retries)
            json.object("queue") { queue in
                queue.field("responses", recorder.intake.responses)
                queue.field("bytes", recorder.intake.bytes)
                queue.field("maximumResponses", recorder.configuration.maximumWaitingResponses)
                queue.field("maximumBytes", recorder.configuration.maximumWaitingBytes)
            }
        }
    }
}

extension StoreHealth {
    /// One word for status: what the store does.
    fileprivate var word: String {
        switch (isOpen, trouble?.error) {
        case (true, nil): "open"
        case (false, nil): "opening"
        case (_, let error?): error.kind
        }
    }
}
