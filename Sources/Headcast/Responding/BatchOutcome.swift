import Requesting

/// What a recorder's answer to a batch means for each response in it.
struct BatchOutcome {
    typealias Response = Responder.Response

    /// Why something has to be sent again, and how long the recorder wants to be left alone.
    struct Failure {
        let reason: String
        var retryAfter: Duration?
    }

    private(set) var stored = 0
    private(set) var repeated = 0
    private(set) var diverged = 0
    private(set) var refused = 0
    /// Those without an answer that counts, in order.
    private(set) var again: [Response] = []
    private(set) var failure: Failure?
    /// What there is to tell of the others.
    private(set) var events: [Responder.Event] = []

    private init() {}

    /// All of it has to be sent again; because of `reason`, if something failed.
    init(again batch: [Response], failure reason: String? = nil) {
        again = batch
        failure = reason.map { Failure(reason: $0) }
    }

    /// What `answer` means.
    init(_ batch: [Response], _ answer: HTTPAnswer) {
        self.init()
        guard (200..<300).contains(answer.status) else {
            for response in batch { count(response, answer) }
            return
        }
        guard answer.status == 200, let results = answer.results, results.count == batch.count else {
            self.init(again: batch, failure: "answered \(answer.status), but not as a recorder does")
            return
        }
        for (response, result) in zip(batch, results) { count(response, result) }
        failure?.retryAfter = answer.retryAfter
    }

    private mutating func count(_ response: Response, _ answer: HTTPAnswer) {
        switch answer.status {
        case 201: stored += 1
        case 200: repeated += 1
        case 429, 500..<600, ..<200:
            again.append(response)
            if failure == nil { failure = Failure(reason: Self.reason(answer), retryAfter: answer.retryAfter) }
        case 409:
            diverged += 1
            events.append(.diverged(response, Self.refusal(answer)))
        default:
            refused += 1
            events.append(.refused(response, Self.refusal(answer)))
        }
    }

    private static func reason(_ answer: HTTPAnswer) -> String {
        guard let refusal = answer.refusal else { return "answered \(answer.status)" }
        return "answered \(answer.status) \(refusal.code): \(refusal.message)"
    }

    private static func refusal(_ answer: HTTPAnswer) -> Responder.Refusal {
        let refusal = answer.refusal ?? ("", "answered \(answer.status)")
        return Responder.Refusal(status: answer.status, code: refusal.code, message: refusal.message)
    }
}
