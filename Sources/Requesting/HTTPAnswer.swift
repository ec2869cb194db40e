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
