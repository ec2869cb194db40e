import Requesting

/// What one gateway knows of a message.
enum MessageFinding {
    /// It has the receipt; the document is read, and as it came.
    case found(MessageDocument, document: [UInt8])
    /// It has no receipt; `since` is when the oldest message was published that it remembers.
    case unknown(gateway: String, since: String)
    case failure(reason: String)

    init(_ result: Result<HTTPAnswer, HTTPFailure>) {
        switch result {
        case .failure(let failure): self = .failure(reason: "\(failure)")
        case .success(let answer):
            if let message = MessageDocument.read(answer.body) {
                self = .found(message, document: answer.body)
            } else if let error = ErrorDocument.read(answer.body)?.error {
                guard error.code == "unknown_message", let gateway = error.gateway else {
                    self = .failure(reason: error.message)
                    return
                }
                let since = error.remembersSince ?? "none yet"
                self = .unknown(gateway: gateway, since: since)
            } else {
                self = .failure(reason: answer.strangeness)
            }
        }
    }
}
