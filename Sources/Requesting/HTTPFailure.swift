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
    /// Who answers there speaks no TLS, or none that can be agreed on; the request did not leave.
    case noTLS(reason: String)
    /// What came was not an answer in full, or the server's certificate is not trusted.
    case failed(reason: String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL: "not a URL of HTTP"
        case .unreachable(let reason), .failed(let reason): reason
        case .noTLS(let reason):
            "TLS failed (\(reason)); gateways and recorders speak plain HTTP, http://, unless a proxy before them has TLS"
        case .timedOut(let limit): "no answer within \(limit.text)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        case .stopped: "stopped before there was an answer"
        }
    }
}
