import CMicroHTTPD
import Clocks

/// One request and its answer.
///
/// Lives from the end of the request line until the answer has been sent or the client is gone; a service that keeps
/// it longer finds it ``isGone``, without path, headers and body. Not Sendable: the polling thread only.
package final class Exchange {
    /// How far the request is; ``Exchange/receive(_:)`` and its neighbours move it on.
    enum Stage {
        /// The request line is here, headers are arriving.
        case head
        /// The body is being kept, up to `limit` bytes.
        case receiving(limit: Int)
        /// The body is being dropped; the service is asked for an answer unless there is one already.
        case dropping(answer: HTTPResponse?)
        /// The service is being asked.
        case deciding
        /// The service will answer later.
        case waiting
        case answered
        case gone
    }

    package internal(set) var method = HTTPMethod.other

    /// Free for the service; dropped with the exchange.
    package var attachment: AnyObject?

    /// When its first line was there; precise to the poll that read it.
    package let begunAt: Instant

    /// The number of bytes that were announced; nil without Content-Length.
    package internal(set) var contentLength: Int?

    var stage = Stage.head
    /// Whether its answer was put off and is still to come.
    package internal(set) var isSuspended = false
    var discardedBytes = 0
    /// Of the path, once somebody asked for them.
    var parts: [String]?
    var body: [UInt8] = []
    var reservedBytes = 0

    /// Set until gone, like the memory the pointers below lead to.
    private(set) var server: HTTPServer?
    private(set) var handle: OpaquePointer?
    let connection: Connection

    let target: RawTarget
    var methodStart: UnsafePointer<CChar>?
    var watched: UInt64 = 0
    private var stream: BodyStream?

    init(server: HTTPServer, handle: OpaquePointer, connection: Connection, target: RawTarget) {
        self.server = server
        self.handle = handle
        self.connection = connection
        self.target = target
        begunAt = server.now
    }

    /// Whether the answer was sent or the client has left.
    package var isGone: Bool { handle == nil }

    /// Calls `read` with the body as it arrived; nothing while it still arrives, when it was dropped, and once answered.
    package func withBody<Result>(_ read: (RawSpan) throws -> Result) rethrows -> Result {
        let body = body
        return try read(body.span.bytes)
    }

    /// The body as ``withBody(_:)`` lends it. Whoever keeps it keeps its memory, which then counts for nobody.
    package var bodyBytes: [UInt8] { body }

    /// Answers the request: at once in ``HTTPService/respond(to:)``, or after ``suspend()`` at any later time.
    ///
    /// A suspended request's answer leaves with the next ``HTTPServer/poll(at:)``. Returns false, and does nothing, when
    /// the client is gone or an answer was given before.
    @discardableResult
    package func respond(_ response: HTTPResponse) -> Bool {
        respond(response, with: nil)
    }

    /// The same with a body that is written while it is sent; that of `response` counts for nothing.
    @discardableResult
    package func respond(_ response: HTTPResponse, with stream: BodyStream?) -> Bool {
        answer(response.status, with: stream) {
            $0.queue(response, streaming: stream, isHead: method == .head, on: $1)
        }
    }

    /// The same with an answer that was made before.
    @discardableResult
    package func respond(_ prepared: PreparedResponse) -> Bool {
        answer(prepared.response.status, with: nil) { $0.queue(prepared, on: $1) }
    }

    @inline(__always)
    private func answer(
        _ status: Int, with stream: BodyStream?, _ queue: (HTTPServer, OpaquePointer) -> Void
    ) -> Bool {
        guard let server, let handle else { return false }
        switch stage {
        case .deciding: break
        case .waiting: server.waitingCount -= 1
        default: return false
        }
        stage = .answered
        releaseBody()
        connection.deadline = server.now + server.limits.idleTimeout
        stream?.begin(for: self, on: handle)
        self.stream = stream
        queue(server, handle)
        server.service?.answered(self, with: status)
        if isSuspended {
            isSuspended = false
            server.needsPoll = true
            MHD_resume_connection(handle)
        }
        return true
    }

    /// Promises an answer for later, in ``HTTPService/respond(to:)`` only.
    ///
    /// The client's disconnection goes unnoticed and no timeout runs until ``respond(_:)``, so the service needs a
    /// deadline of its own. Returns false, and the service must answer now, beyond ``HTTPLimits/maximumWaiting``.
    @discardableResult
    package func suspend() -> Bool {
        guard let server, case .deciding = stage, server.canSuspend else { return false }
        stage = .waiting
        server.waitingCount += 1
        return true
    }

    /// Gives the body's memory back before the answer is there, for requests that wait long.
    package func releaseBody() {
        guard reservedBytes > 0 else { return }
        server?.bodiesBytes -= reservedBytes
        reservedBytes = 0
        body = []
    }

    /// The client has time to read from now on.
    func bodyMoved() {
        guard let server else { return }
        connection.deadline = server.now + server.limits.idleTimeout
    }

    /// The client waits for us.
    func bodyStopped() {
        connection.deadline = nil
    }

    /// Lets a suspended request run into its end without an answer, or without the rest of one, which closes its
    /// connection.
    func resumeUnanswered() {
        stream?.breakOff()
        guard isSuspended, let handle else { return }
        isSuspended = false
        MHD_resume_connection(handle)
    }

    /// Cuts the ties to libmicrohttpd, whose memory for this request is about to go.
    func end() {
        if case .waiting = stage { server?.waitingCount -= 1 }
        releaseBody()
        parts = nil
        stage = .gone
        stream?.finish()
        stream = nil
        isSuspended = false
        handle = nil
        methodStart = nil
        server = nil
    }
}
