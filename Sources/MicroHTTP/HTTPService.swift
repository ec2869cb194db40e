/// What answers the requests of an ``HTTPServer``.
///
/// Every call comes on the thread that polls the server, from within that poll.
package protocol HTTPService: AnyObject {
    /// Decides about the body of a request whose head is complete and whose body has not been read.
    func bodyRule(for exchange: Exchange) -> BodyRule

    /// Answers a request that is here in full.
    ///
    /// Must call ``Exchange/respond(_:)`` or ``Exchange/suspend()`` before it returns.
    func respond(to exchange: Exchange)

    /// Words the refusal of a request that went wrong before ``respond(to:)``.
    func response(to fault: HTTPFault, for exchange: Exchange) -> HTTPResponse

    /// Learns that `exchange` has its answer, from the service or for a fault; once for each answer.
    func answered(_ exchange: Exchange, with status: Int)
}

extension HTTPService {
    package func answered(_ exchange: Exchange, with status: Int) {}
}

/// What is to become of a request's body.
package enum BodyRule {
    /// Keep it for ``Exchange/withBody(_:)``; one larger than this many bytes is ``HTTPFault/bodyTooLarge(limit:)``.
    case accept(upTo: Int)

    /// Read it and drop it; the request is then answered as if it had none.
    case ignore

    /// Keep nothing of it and give this answer instead of asking for one.
    ///
    /// Sent at once to a client that waits with `Expect: 100-continue`, otherwise after the body was read and dropped.
    case refuse(HTTPResponse)
}

/// What a server refuses by itself; the status is the one RFC 9110 and 9112 give for it.
package enum HTTPFault: Equatable, Sendable {
    /// 400: where the body ends is ambiguous, or the head is not HTTP. The connection closes.
    case malformed(String)

    /// 431: more than `limit` bytes, 64 of them for each header, or more than ``HTTPLimits/maximumFields``.
    ///
    /// The connection closes.
    case headTooLarge(limit: Int)

    /// 413: more than `limit` bytes.
    case bodyTooLarge(limit: Int)

    /// 501: a Transfer-Encoding other than `chunked`. The connection closes.
    case unknownTransferCoding

    /// 503: bodies in progress fill ``HTTPLimits/maximumBodiesBytes``.
    case bodiesTooLarge(limit: Int)

    /// 500: the service neither answered nor suspended.
    case unanswered

    package var status: Int {
        switch self {
        case .malformed: 400
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .unknownTransferCoding: 501
        case .bodiesTooLarge: 503
        case .unanswered: 500
        }
    }
}
