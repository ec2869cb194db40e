import ErrorNumbers

/// Why there is no responder, or why a response was not taken.
public enum ResponderError: Error, Hashable, Sendable {
    /// This is no URL of a recorder.
    case url(String)
    /// The system does not give what is needed: what was tried, and an errno.
    case system(String, code: Int32)
    /// What came as a raw payload has no id to answer to.
    case noMessageID
    /// A label, and which: `message id`, `key`, `responder`, `topic` or `content type`. It has to be 1 to 256 bytes.
    case label(String, bytes: Int)
    /// A sequence beyond 2^63 - 1.
    case sequence(UInt64)
    /// More than ``Responder/Options/maximumPayloadBytes``.
    case payloadTooLarge(bytes: Int, limit: Int)
    /// ``Responder/finish(within:)`` was called, or the responder gave up (``Responder/giveUp(afterSilenceOf:)``).
    case finished
    /// The task was cancelled before there was room.
    case cancelled
}

extension ResponderError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .url(let text): "\"\(text)\" is no URL of a recorder; expected one like http://headcast-recorder:8090"
        case .system(let action, let code): "cannot \(action): \(ErrorNumber(code))"
        case .noMessageID: "it has no id, as no message of a raw topic has; give one, or set format=enveloped"
        case .label(let what, 0): "the \(what) is empty; expected 1 to 256 bytes"
        case .label(let what, let bytes): "a \(what) of \(bytes) bytes exceeds the limit of 256"
        case .sequence(let sequence): "sequence \(sequence) exceeds the limit of \(Int64.max)"
        case .payloadTooLarge(let bytes, let limit): "payload of \(bytes) bytes exceeds the limit of \(limit)"
        case .finished: "the responder takes no more responses"
        case .cancelled: "cancelled before the outbox had room"
        }
    }
}
