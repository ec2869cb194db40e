/// What a server has seen since it started; every number only grows.
package struct HTTPCounters: Sendable, Equatable {
    /// Connections accepted.
    package var connections = 0

    /// Requests whose first line arrived, complete or not.
    package var requests = 0

    /// Answers handed to the kernel whole, or at least begun when the client left.
    package var answers = 0

    /// Requests refused here, before the service was asked for an answer: framing, body size, memory for bodies.
    package var refusals = 0

    /// Connections closed because a request, a next request or the reading of an answer took too long.
    package var timeouts = 0

    /// Requests that ended without an answer: the client left, was too slow, or sent more than would be dropped.
    package var abandoned = 0

    package init() {}
}
