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
