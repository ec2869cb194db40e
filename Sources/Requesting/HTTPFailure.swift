import Clocks

/// Why there is no answer.
package enum HTTPFailure: Error, Hashable, Sendable {
    /// The URL cannot be read, or is not of HTTP.
    case invalidURL
    /// Nobody can be reached there: `connection refused (ECONNREFUSED)`.
    case unreachable(reason: String)
    /// Not everything came in time.
    case timedOut(after: Duration)
    /// The answer is longer than is kept.
    case tooLarge(limit: Int)
    /// Whoever asked wanted no answer any more (``HTTPClient/stopDescriptor``).
    case stopped
    /// What came was not an answer in full, or TLS failed.
    case failed(reason: String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL: "not a URL of HTTP"
        case .unreachable(let reason), .failed(let reason): reason
        case .timedOut(let limit): "no answer within \(limit.text)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        case .stopped: "stopped before there was an answer"
        }
    }
}
