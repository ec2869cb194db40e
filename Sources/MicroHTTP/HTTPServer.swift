import CMicroHTTPD
import Clocks
import Endpoints
import Glibc

/// An HTTP/1.1 server without a thread of its own: a descriptor to wait on, a next deadline, a step to take.
///
/// Wait until ``descriptor`` is readable or ``nextDeadline(after:)`` is reached, then call ``poll(at:)``. The service is
/// called from within the poll. Must be stopped before it is let go, since requests in progress keep it alive.
/// Not Sendable: one thread creates, polls and stops it.
package final class HTTPServer {
    package let limits: HTTPLimits

    /// Where it listens, with the real port.
    package let endpoint: Endpoint

    package internal(set) var counters = HTTPCounters()

    /// Requests suspended and not answered yet.
    package internal(set) var waitingCount = 0

    /// Memory held by bodies of requests that are not answered yet, in bytes.
    package internal(set) var bodiesBytes = 0

    /// Whether every further answer carries `Connection: close`, so that clients go elsewhere.
    package var isClosing = false

    /// Nil once stopping: whatever still arrives is closed.
    private(set) var service: (any HTTPService)?

    /// When the current poll began; what happens in it happened then.
    private(set) var now: Instant

    /// Whether the next poll is due at once: an answer to a suspended request waits for it, or a connection was closed.
    ///
    /// libmicrohttpd, driven from outside, says neither by its descriptor nor by its timeout. With as many connections as
    /// it may have, or without a descriptor for one more, it no longer waits for new ones; it does so again at the start
    /// of the first step after one was closed.
    var needsPoll = false

    let watchedHeaders: WatchedHeaders
    private var daemon: OpaquePointer?
    var connections = ConnectionTable()
    private var isPolling = false
    private var isQuiesced = false
    private var isStopping: Bool { service == nil }

    /// Serves `service` on `socket` from the first ``poll(at:)`` on.
    ///
    /// `watching` are the headers (at most 64) that ``Exchange/hasWatched(_:)`` knows.
    package init(
        listening socket: consuming ListeningSocket, limits: HTTPLimits = HTTPLimits(), watching: [WatchedHeader] = [],
        service: any HTTPService, at now: Instant
    ) throws(HTTPServerError) {
        self.limits = limits
        self.endpoint = socket.endpoint
        self.service = service
        self.now = now
        watchedHeaders = WatchedHeaders(watching)
        daemon = startDaemon(for: self, listening: socket.release())
        let reason = errno
        guard daemon != nil else { throw .cannotStart(on: endpoint, errno: reason) }
    }

    deinit {
        stop()
    }

    /// Becomes readable when there is something to ``poll(at:)`` for; an epoll descriptor, to be put into another epoll.
    package var descriptor: Int32 {
        daemon.map(headcast_daemon_epoll_descriptor) ?? -1
    }

    /// Open connections, idle ones included.
    package var connectionCount: Int { connections.connections.count }

    /// Requests whose answer has not been sent in full; counts through all connections.
    package var openRequestCount: Int { connections.connections.count { $0.exchange != nil } }

    /// Whether another request may be suspended.
    package var canSuspend: Bool { waitingCount < limits.maximumWaiting }

    /// Reads, serves and writes all that is ready, never waits, and closes connections whose client is too slow or gone.
    ///
    /// At most one buffer is read from each connection; ``nextDeadline(after:)`` is then `now` where more is to be read.
    package func poll(at now: Instant) {
        guard let daemon, !isPolling else { return }
        isPolling = true
        self.now = now
        needsPoll = false
        MHD_run(daemon)
        // After reading, so that a loop that was held up does not blame clients for it.
        if connections.isDue(at: now) { closeUnused() }
        isPolling = false
        if isStopping { finish() }
    }

    /// When to call ``poll(at:)`` next although ``descriptor`` is not readable; nil for never.
    ///
    /// At most a second away while a connection is open; once more at once when one was closed, then never without one.
    package func nextDeadline(after now: Instant) -> Instant? {
        guard let daemon else { return nil }
        guard !needsPoll else { return now }
        var milliseconds: UInt64 = 0
        guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return connections.nextDeadline }
        let deadline = now + .milliseconds(Int64(clamping: milliseconds))
        return connections.nextDeadline.map { min($0, deadline) } ?? deadline
    }

    /// Takes the connections that wait in the kernel, as far as the limits allow, then stops listening.
    ///
    /// Open connections go on. From within a poll, connections that wait in the kernel are reset instead.
    package func stopListening() {
        if !isPolling, !isQuiesced { acceptWaiting() }
        guard let daemon else { return }
        let descriptor = MHD_quiesce_daemon(daemon)
        if descriptor >= 0, !isQuiesced { Glibc.close(descriptor) }
        isQuiesced = true
    }

    /// Polls until no connection is added any more, at most as often as the longest queue of the kernel needs.
    private func acceptWaiting() {
        // libmicrohttpd accepts no more than eleven at once.
        for _ in 0...SOMAXCONN / 10 {
            let before = counters.connections
            poll(at: now)
            guard counters.connections > before || needsPoll else { return }
        }
    }

    /// Closes everything at once, whatever is unanswered; from within a poll it takes effect at the poll's end.
    package func stop() {
        service = nil
        if !isPolling { finish() }
    }

    /// Closes connections whose client is too slow, or has left; libmicrohttpd then sees an end, and lets go of them.
    private func closeUnused() {
        connections.closeOverdue(at: now) { connection in
            counters.timeouts += 1
            shutdown(connection.descriptor, Int32(SHUT_RDWR))
        }
        connections.closeEnded(at: now) { shutdown($0.descriptor, Int32(SHUT_RDWR)) }
    }

    /// Stops libmicrohttpd, which would abort the process if a connection were still suspended.
    private func finish() {
        guard let daemon else { return }
        for connection in connections.connections {
            connection.exchange?.resumeUnanswered()
        }
        MHD_run(daemon)
        self.daemon = nil
        MHD_stop_daemon(daemon)
    }
}
