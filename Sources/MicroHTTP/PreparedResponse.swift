import CMicroHTTPD

/// An answer that many requests get: made for libmicrohttpd once, not for each of them.
///
/// Sendable since it never changes, and libmicrohttpd counts under a lock who still sends it.
package final class PreparedResponse: @unchecked Sendable {
    package let response: HTTPResponse
    /// Nil where memory was short; the response is made anew then.
    let handle: OpaquePointer?

    package init(_ response: HTTPResponse) {
        self.response = response
        handle = HTTPServer.make(response)
    }

    deinit {
        if let handle { MHD_destroy_response(handle) }
    }
}
