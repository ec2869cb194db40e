import Clocks
import Requesting
import Service

/// What became of one publish.
enum PublishOutcome {
    /// Numbered, and tried for every subscriber there was: some, all or none of them.
    case taken(ReceiptDocument, answer: HTTPAnswer)
    /// Refused with an error; nothing was sent, or to nobody.
    case refused(ErrorDocument.Content, answer: HTTPAnswer)
    /// Something answered that is no gateway.
    case strange(HTTPAnswer)
    /// Nothing answered.
    case unanswered(HTTPFailure)

    init(_ result: Result<HTTPAnswer, HTTPFailure>) {
        switch result {
        case .success(let answer): self.init(answer)
        case .failure(let failure): self = .unanswered(failure)
        }
    }

    init(_ answer: HTTPAnswer) {
        if (200..<300).contains(answer.status), let receipt = ReceiptDocument.read(answer.body) {
            self = .taken(receipt, answer: answer)
        } else if let error = ErrorDocument.read(answer.body)?.error {
            self = .refused(error, answer: answer)
        } else {
            self = .strange(answer)
        }
    }

    /// Whether every subscriber was sent the message, and there was one.
    var isSentToAll: Bool {
        if case .taken(let receipt, _) = self { receipt.isSentToAll } else { false }
    }

    /// How long to wait before the same publish may succeed; nil where repeating is no remedy, or may send twice.
    var retryAfter: Duration? {
        switch self {
        case .refused(let error, let answer)
        where (answer.status == 429 || answer.status == 503) && error.sequence == nil:
            answer.retryAfter ?? .seconds(1)
        // Nobody listens: the request did not leave.
        case .unanswered(.unreachable): .seconds(1)
        default: nil
        }
    }

    /// How to find out who was not sent the message, or why there is nobody; nil where it went to all, or is not known.
    func hint(gateway: String) -> String? {
        let receipt: ReceiptDocument? =
            switch self {
            case .taken(let receipt, _): receipt
            case .refused(let error, _): error.receipt
            case .strange, .unanswered: nil
            }
        guard let receipt else { return nil }
        let place = gateway == GatewayAddress.standard.text ? "" : " --gateway \(gateway)"
        guard receipt.subscribers > 0 else {
            return "why nobody is there: headcast status --topic \(receipt.topic)\(place)"
        }
        guard receipt.failed > 0 else { return nil }
        let share = "\(receipt.failed.grouped) of \(Wording.count(receipt.subscribers, "subscriber"))"
        return "which \(share) \(receipt.failed == 1 ? "was" : "were") not sent it, and why: "
            + "headcast status --message \(receipt.id)\(place)"
    }

    /// The outcome in a line, for a person.
    func text(gateway: String) -> String {
        switch self {
        case .taken(let receipt, _) where receipt.subscribers == 0:
            "topic \(receipt.topic) has no subscribers: nothing was sent (message \(receipt.id))"
        case .taken(let receipt, _) where receipt.replayed == true:
            "published before with this idempotency key, and not sent again: "
                + "message \(receipt.id), sequence \(receipt.sequence) of topic \(receipt.topic)"
        case .taken(let receipt, _):
            "sent to \(receipt.sent.grouped) of \(Wording.count(receipt.subscribers, "subscriber")): "
                + "message \(receipt.id), sequence \(receipt.sequence) of topic \(receipt.topic)"
                + (receipt.dropped.map { "; the topic's format does not carry \($0.joined(separator: ", "))" } ?? "")
        case .refused(let error, let answer): "\(answer.status) \(error.code): \(error.message)"
        case .strange(let answer): "\(gateway) \(answer.strangeness)"
        case .unanswered(.invalidURL): "cannot reach \(gateway): \(HTTPFailure.invalidURL)"
        case .unanswered(.noTLS(let reason)):
            "cannot reach \(gateway): \(HTTPFailure.noTLS(reason: reason))"
        case .unanswered(.unreachable(let reason)):
            "cannot reach \(gateway): \(reason); --gateway URL names another gateway"
        case .unanswered(.timedOut(let limit)):
            "no answer from \(gateway) within \(limit.text); "
                + "the message may have been sent all the same"
        case .unanswered(let failure):
            "no answer from \(gateway): \(failure); the message may have been sent all the same"
        }
    }
}
