/// One request to an HTTP server.
package struct HTTPRequest: Sendable {
    /// `http://…` or `https://…`; nothing else is asked.
    package var url: String

    package var method = Method.get

    /// Fields as they are sent, `Name: value`.
    package var headers: [String] = []

    /// How long everything may take, from the connection to the last byte of the answer.
    package var timeout = Duration.seconds(10)

    /// Whether the proxy counts that the environment names (`http_proxy`, `no_proxy`), as it does for curl(1).
    package var usesProxy = true

    package enum Method: Sendable {
        case get
        case post(body: [UInt8])
    }

    package init(_ url: String) {
        self.url = url
    }
}

/// What a server answered, whatever its status.
package struct HTTPAnswer: Sendable {
    /// The status code; redirections are answers like any other and not followed.
    package var status: Int

    package var body: [UInt8]

    /// What `Retry-After` says, where it is there.
    package var retryAfter: Duration?

    package init(status: Int, body: [UInt8], retryAfter: Duration? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}

extension String {
    /// The text to go on with in the middle of a sentence: names such as OpenSSL keep their letters.
    package var beginningLowerCase: String {
        guard dropFirst().first?.isLowercase ?? true else { return self }
        return prefix(1).lowercased() + dropFirst()
    }
}

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
    /// What came was not an answer in full, or TLS failed.
    case failed(reason: String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidURL: "not a URL of HTTP"
        case .unreachable(let reason), .failed(let reason): reason
        case .timedOut(let limit): "no answer within \(limit)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        }
    }
}
