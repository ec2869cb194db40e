import Clocks
import JSON
import MicroHTTP
import Service

/// Taking responses.
extension Routes {
    /// POST /responses and POST /responses/batch; the answer comes once everything is durable, or refused.
    func take(_ posted: Posted, _ exchange: Exchange) throws(Refusal) {
        _ = try QueryReader(exchange, known: [])
        switch posted {
        case .response: try takeResponse(exchange)
        case .batch: try takeBatch(exchange)
        }
    }

    /// Reads on in the batches that are here; to be called once in each round of the loop.
    func readBatches() {
        let deadline = Instant.now + ResponseBatch.roundTime
        repeat {
            guard let batch = recorder.batches.first else { return }
            batch.read(
                until: deadline, maximumPayloadBytes: recorder.configuration.maximumPayloadBytes, recorder.intake.add)
            guard batch.isFinished else { return }
            recorder.batches.removeFirst()
            batch.submission.exchange.releaseBody()
        } while .now < deadline
    }

    private func takeResponse(_ exchange: Exchange) throws(Refusal) {
        let body = exchange.bodyBytes
        let response = try ResponseReader.read(
            body, in: 0..<body.count, maximumPayloadBytes: recorder.configuration.maximumPayloadBytes)
        let submission = Submission(exchange, deadline: deadline)
        let entry = Entry(response, of: submission, 0)
        try recorder.admit(1, bytes: entry.bytes)
        exchange.releaseBody()
        try wait(exchange)
        recorder.intake.begin(submission)
        recorder.intake.add(entry)
    }

    private func takeBatch(_ exchange: Exchange) throws(Refusal) {
        let body = exchange.bodyBytes
        guard let lines = LineRanges.entries(of: body, maximum: ResponseBatch.maximumEntries) else {
            throw Refusal(
                .batchTooLarge,
                "a batch has at most \(ResponseBatch.maximumEntries) entries; nothing of it was recorded")
        }
        let submission = Submission(batchOf: lines.count, exchange, deadline: deadline)
        guard !lines.isEmpty else { return submission.respond() }
        try recorder.admit(lines.count, bytes: body.count + Entry.ownBytes * lines.count)
        try wait(exchange)
        recorder.intake.begin(submission)
        recorder.batches.append(ResponseBatch(submission, lines, of: body))
    }

    private var deadline: Instant { recorder.now.instant + recorder.configuration.patience }

    /// Puts the answer off.
    func wait(_ exchange: Exchange) throws(Refusal) {
        guard exchange.suspend() else {
            throw Refusal(.overloaded, "too many requests wait already; send it again later")
        }
    }

    // MARK: Limits

    /// A payload as text may be written with an escape of six bytes for each byte.
    func bodyLimit(of posted: Posted) -> Int {
        switch posted {
        case .response: min(16_384 + 6 * recorder.configuration.maximumPayloadBytes, ResponseBatch.maximumBytes)
        case .batch: ResponseBatch.maximumBytes
        }
    }

    static func tooLarge(_ posted: Posted, _ bytes: Int?, limit: Int) -> Refusal {
        let size = bytes.map { "body of \($0) bytes" } ?? "body"
        let (code, what): (ErrorCode, String) =
            switch posted {
            case .response: (.payloadTooLarge, "a response")
            case .batch: (.batchTooLarge, "a batch")
            }
        return Refusal(code, "\(size) exceeds the \(limit) bytes that \(what) may have") { $0.field("limit", limit) }
    }
}
