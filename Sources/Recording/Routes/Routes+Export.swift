import Clocks
import MicroHTTP
import Records
import Service

/// GET /export: everything, as a stream of lines.
///
/// One part at a time is in memory, and the next one is asked for when it has been sent. The first comes before the
/// head of the answer, so that a store that is away gets its error; later, the connection breaks off.
extension Routes {
    func export(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        _ = try QueryReader(exchange, known: [])
        let limit = recorder.configuration.maximumExports
        guard recorder.exportCount < limit else {
            throw Refusal(.overloaded, "\(limit) exports are under way already; start this one later")
        }
        // From here on, since many may ask before the first page of one is there.
        exchange.attachment = RequestCount(\.exportCount, of: recorder)
        try ask(.export(ExportPlace()), exchange) { [weak self] finding in
            if case .part(let part) = finding { self?.send(part, to: exchange) }
        }
        return nil
    }

    private func send(_ first: ExportPart, to exchange: Exchange) {
        let export = Export(recorder, first.next)
        let stream = BodyStream { stream in export.continue(stream) }
        stream.write(first.bytes)
        exchange.respond(HTTPResponse(status: 200, contentType: "application/x-ndjson"), with: stream)
    }
}

/// One export that is being sent.
private final class Export {
    private let recorder: RecorderState
    private var next: ExportPlace?

    init(_ recorder: RecorderState, _ next: ExportPlace?) {
        self.recorder = recorder
        self.next = next
    }

    /// Everything so far has been sent.
    func `continue`(_ stream: BodyStream) {
        guard let place = next else { return stream.end() }
        let isAsked = recorder.queries.ask(.export(place), at: .now) { [weak self, weak stream] result in
            guard let self, let stream, case .success(.part(let part))? = result else {
                stream?.breakOff()
                return
            }
            next = part.next
            // An empty part would leave the stream waiting to be asked again.
            if part.bytes.isEmpty { self.continue(stream) } else { stream.write(part.bytes) }
        }
        if !isAsked { stream.breakOff() }
    }
}
