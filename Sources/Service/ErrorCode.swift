/// Every reason for which a server refuses a request, by the name that programs may rely on.
package enum ErrorCode: String, CaseIterable, Sendable {
    case malformedRequest = "malformed_request"
    case unknownParameter = "unknown_parameter"
    case invalidParameter = "invalid_parameter"
    case topicRequired = "topic_required"
    case unknownTopic = "unknown_topic"
    case unknownMessage = "unknown_message"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case invalidAttribute = "invalid_attribute"
    case invalidEvent = "invalid_event"
    case invalidEntry = "invalid_entry"
    case invalidResponse = "invalid_response"
    case idempotencyInProgress = "idempotency_in_progress"
    case diverged
    case payloadTooLarge = "payload_too_large"
    case batchTooLarge = "batch_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case idempotencyMismatch = "idempotency_mismatch"
    case expiredEvent = "expired_event"
    case rateLimited = "rate_limited"
    case headTooLarge = "head_too_large"
    case sendFailed = "send_failed"
    case unresolved = "unresolved"
    case membershipStale = "membership_stale"
    case tooFewSubscribers = "too_few_subscribers"
    case overloaded = "overloaded"
    case draining = "draining"
    case storeUnavailable = "store_unavailable"
    case storeFull = "store_full"
    case storeReadOnly = "store_read_only"
    case notImplemented = "not_implemented"
    case internalError = "internal_error"

    /// The HTTP status that goes with the code.
    package var status: Int {
        switch self {
        case .malformedRequest, .unknownParameter, .invalidParameter, .topicRequired, .invalidAttribute, .invalidEvent,
            .invalidEntry, .invalidResponse:
            400
        case .unknownTopic, .unknownMessage, .notFound: 404
        case .methodNotAllowed: 405
        case .idempotencyInProgress, .diverged: 409
        case .payloadTooLarge, .batchTooLarge: 413
        case .unsupportedMediaType: 415
        case .idempotencyMismatch, .expiredEvent: 422
        case .rateLimited: 429
        case .headTooLarge: 431
        case .internalError: 500
        case .notImplemented: 501
        case .sendFailed: 502
        case .unresolved, .membershipStale, .tooFewSubscribers, .overloaded, .draining, .storeUnavailable, .storeFull,
            .storeReadOnly:
            503
        }
    }

    /// What `Retry-After` says: after so many seconds the same request may succeed. Nil where repeating is no remedy.
    package var retryAfterSeconds: Int? {
        switch self {
        case .idempotencyInProgress, .rateLimited, .unresolved, .membershipStale, .tooFewSubscribers, .overloaded,
            .draining, .storeUnavailable:
            1
        case .storeFull, .storeReadOnly: 5
        default: nil
        }
    }
}
