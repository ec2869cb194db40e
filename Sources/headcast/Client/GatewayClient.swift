import Requesting

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

    func request(_ path: String) -> HTTPRequest {
        var request = HTTPRequest(url + path)
        request.timeout = timeout
        request.headers = headers
        request.usesProxy = usesProxy
        return request
    }
}
