import Clocks
import Requesting

/// Takes batches from the outbox to the recorder, one at a time, until each response has an answer.
struct Delivery: Sendable {
    typealias Response = Responder.Response

    /// More is never waited for, whatever `Retry-After` says.
    private static let longestWait = Duration.seconds(60)
    private static let agent = "headcast-responder"

    let url: String
    let responder: String
    let outbox: Outbox
    let bell: Bell
    let options: Responder.Options

    /// Runs on a thread of its own until `stop` is readable, or all is answered and no more will come.
    func run(until stop: Int32) {
        var client: HTTPClient?
        var delay = RetryDelay(options.retryDelay)
        var size = BatchSize()
        var isFailing = false
        while let batch = outbox.next(upTo: size.bytes, or: stop) {
            guard let outcome = deliver(batch, with: &client, &size, until: stop) else { break }
            outbox.settle(batch, outcome)
            for event in outcome.events { options.report(event) }
            let isProgress = outcome.again.count < batch.count
            if isProgress { delay = RetryDelay(options.retryDelay) }
            if let failure = outcome.failure {
                if !isFailing { options.report(.failing(failure.reason)) }
                Bell.sleep(for: max(delay.next(), min(failure.retryAfter ?? .zero, Self.longestWait)), or: stop)
                isFailing = true
            } else if isFailing, isProgress {
                options.report(.recovered)
                isFailing = false
            }
        }
        outbox.end()
    }

    /// Nil if `stop` came before an answer.
    private func deliver(
        _ batch: [Response], with client: inout HTTPClient?, _ size: inout BatchSize, until stop: Int32
    ) -> BatchOutcome? {
        let answer: HTTPAnswer
        do throws(HTTPFailure) {
            let open = if let client { client } else { try HTTPClient(agent: Self.agent, maximumAnswerBytes: 16 << 20) }
            open.stopDescriptor = stop
            client = open
            answer = try open.perform(request(for: batch))
        } catch {
            switch error {
            case .stopped: return nil
            case .timedOut where batch.count > 1: size.tookTooLong()
            case .tooLarge where batch.count > 1: return divided(batch, &size)
            default: break
            }
            return BatchOutcome(again: batch, failure: error.description)
        }
        if answer.status == 413, batch.count > 1 { return divided(batch, &size) }
        size.wentThrough()
        return BatchOutcome(batch, answer)
    }

    /// It, or the answer to it, is too large; again, in smaller batches.
    private func divided(_ batch: [Response], _ size: inout BatchSize) -> BatchOutcome {
        size.wasTooLarge(bytes: batch.reduce(0) { $0 + $1.cost })
        return BatchOutcome(again: batch)
    }

    private func request(for batch: [Response]) -> HTTPRequest {
        var request = HTTPRequest(url + "/responses/batch")
        request.method = .post(body: ResponseLines.bytes(of: batch, by: responder))
        request.headers = ["Content-Type: application/x-ndjson"]
        request.timeout = options.timeout
        request.usesProxy = options.usesProxy
        return request
    }
}
