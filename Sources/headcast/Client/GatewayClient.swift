import Requesting
import Service

/// Talks to one gateway over HTTP. Blocks the calling thread.
struct GatewayClient {
    /// The beginning of every URL, without a slash at its end.
    let url: String
    let http: HTTPClient

    var timeout = Duration.seconds(10)
    /// Whether the proxy counts that the environment names.
    var usesProxy = true
    /// Further fields of every request, `Name: value`.
    var headers: [String] = []

    static let agent = "headcast/\(HeadcastCommand.version)"

    /// What a publish asks for besides sending the payload.
    struct PublishOptions {
        var copies: Int?
        var spacing: Duration?
        var require: Int?
        /// How old the membership may be.
        var maximumAge: Duration?

        /// As the path's query.
        var query: String {
            let items = [
                copies.map { "copies=\($0)" }, spacing.map { "spacing=\(ValueFormat.wholeDuration.text($0))" },
                require.map { "require=\($0)" },
            ].compactMap { $0 }
            return items.isEmpty ? "" : "?" + items.joined(separator: "&")
        }
    }

    func publish(_ payload: [UInt8], to topic: String, _ options: PublishOptions) -> PublishOutcome {
        var request = request("/publish/\(topic.percentEncoded)\(options.query)")
        request.method = .post(body: payload)
        if let age = options.maximumAge { request.headers.append("Cache-Control: max-age=\(age.components.seconds)") }
        switch http.perform([request])[0] {
        case .success(let answer): return PublishOutcome(answer)
        case .failure(let failure): return .unanswered(failure)
        }
    }

    func request(_ path: String) -> HTTPRequest {
        var request = HTTPRequest(url + path)
        request.timeout = timeout
        request.headers = headers
        request.usesProxy = usesProxy
        return request
    }
}

extension ValueFormat<Duration> {
    /// Any duration, for writing one.
    static var wholeDuration: Self { .duration(.zero ... .seconds(86_400)) }
}
