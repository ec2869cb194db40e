import Headcast
import Synchronization

extension Responder.Options {
    /// Those of a responder that tries again at once, but not because the machine is busy.
    static var hasty: Responder.Options {
        var options = Responder.Options()
        options.timeout = .patience
        options.retryDelay = .milliseconds(1) ... .milliseconds(2)
        return options
    }
}

extension Responder.Response {
    /// The answer to message `m…`.
    init(_ number: Int, _ payload: String = "7") {
        self.init(messageID: "m\(number)", key: "total", payload: Array(payload.utf8))
    }
}

extension Responder.Counters {
    init(stored: Int = 0, repeated: Int = 0, diverged: Int = 0, refused: Int = 0, retries: Int = 0) {
        self.init()
        self.stored = stored
        self.repeated = repeated
        self.diverged = diverged
        self.refused = refused
        self.retries = retries
    }
}

/// What a responder told of, as words.
final class Told: Sendable {
    private let words = Mutex<[String]>([])

    var all: [String] { words.withLock(\.self) }

    func add(_ event: Responder.Event) {
        let word =
            switch event {
            case .refused(let response, let refusal):
                "\(response.messageID) refused \(refusal.status) \(refusal.code): \(refusal.message)"
            case .diverged(let response, let refusal): "\(response.messageID) diverged: \(refusal.message)"
            case .failing(let reason): "failing: \(reason)"
            case .recovered: "recovered"
            }
        words.withLock { $0.append(word) }
    }
}

extension Duration {
    /// For what takes no time unless something is wrong, or the machine is very busy.
    static let patience = Duration.seconds(600)
}
