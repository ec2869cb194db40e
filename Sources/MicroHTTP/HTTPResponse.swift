/// An answer: status, headers and body.
///
/// Content-Length, Date and Connection are added when it is sent; a HEAD request gets all but the body.
package struct HTTPResponse: Sendable {
    /// The status code, 200…999.
    package var status: Int

    /// Left out when nil.
    package var contentType: String?

    /// Where what was made is found; left out when nil. By itself, since it is all that most answers to a POST have.
    package var location: String?

    /// Further headers, in order; one whose name or value holds a line break is left out.
    package var headers: [(name: String, value: String)]

    package var body: [UInt8]

    package init(
        status: Int, contentType: String? = nil, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }
}
