import CMicroHTTPD

/// The body of an answer that is written while it is sent, in pieces of any size.
///
/// ```swift
/// let stream = BodyStream { stream in askForMore() }
/// exchange.respond(HTTPResponse(status: 200, contentType: "application/x-ndjson"), with: stream)
/// // later, as often as it is asked for:
/// stream.write(bytes)
/// stream.end()
/// ```
/// Only what was written and has not been sent is kept, so whoever writes when asked needs memory for one piece. A client
/// of HTTP/1.1 can tell a body that ended from one that broke off. Not Sendable: the polling thread only.
package final class BodyStream {
    /// What the client gets next.
    private enum Stage {
        /// Bytes, and what may be written yet.
        case open
        /// Bytes, and then the end.
        case ended
        /// Nothing more: the connection closes.
        case broken
    }

    private var stage = Stage.open
    private var bytes: [UInt8] = []
    private var sentCount = 0
    private var isAsking = false
    private var wantsMore: ((BodyStream) -> Void)?

    /// Set while it is the body of an answer that is not finished.
    private weak var exchange: Exchange?
    private var handle: OpaquePointer?
    private(set) var isSuspended = false

    /// - Parameter wantsMore: called from within a poll whenever everything written has been sent. It may write, end
    ///   or break off the stream at once or later; until then nothing happens on the connection, and no timeout runs.
    package init(wantsMore: @escaping (BodyStream) -> Void) {
        self.wantsMore = wantsMore
    }

    /// Whether nobody reads it any more: the client has left, or all has been sent.
    package private(set) var isGone = false

    package func write(_ more: [UInt8]) {
        guard case .open = stage, !isGone else { return }
        if sentCount == bytes.count {
            bytes = more
            sentCount = 0
        } else {
            bytes += more
        }
        resume()
    }

    /// Nothing more comes; what was written is sent.
    package func end() {
        if case .open = stage { stage = .ended }
        resume()
    }

    /// Closes the connection in the middle of the body, so that the client knows that something is missing.
    package func breakOff() {
        stage = .broken
        resume()
    }

    // MARK: For the server

    func begin(for exchange: Exchange, on handle: OpaquePointer) {
        self.exchange = exchange
        self.handle = handle
    }

    /// libmicrohttpd lets go of the answer.
    func finish() {
        isGone = true
        isSuspended = false
        handle = nil
        wantsMore = nil
        bytes = []
    }

    /// Copies the next bytes to `buffer`; where there are none yet, it asks, and suspends the connection.
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if case .open = stage, sentCount == bytes.count, !isAsking {
            isAsking = true
            wantsMore?(self)
            isAsking = false
        }
        if case .broken = stage { return headcast_end_with_error }
        let count = min(buffer.count, bytes.count - sentCount)
        if count > 0 {
            buffer.copyBytes(from: bytes[sentCount..<sentCount + count])
            sentCount += count
            exchange?.bodyMoved()
            return count
        }
        if case .ended = stage { return headcast_end_of_stream }
        guard let handle else { return headcast_end_with_error }
        isSuspended = true
        exchange?.bodyStopped()
        MHD_suspend_connection(handle)
        return 0
    }

    private func resume() {
        guard isSuspended, let handle else { return }
        isSuspended = false
        exchange?.bodyMoved()
        exchange?.server?.needsPoll = true
        MHD_resume_connection(handle)
    }
}

/// An answer whose body is `stream`, which it keeps until libmicrohttpd lets go of it; nil without memory.
func makeResponse(streaming stream: BodyStream) -> OpaquePointer? {
    let box = Unmanaged.passRetained(stream)
    let read: MHD_ContentReaderCallback = { context, _, buffer, count in
        guard let context, let buffer else { return headcast_end_with_error }
        let stream = Unmanaged<BodyStream>.fromOpaque(context).takeUnretainedValue()
        return stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
    }
    let free: MHD_ContentReaderFreeCallback = { context in
        guard let context else { return }
        Unmanaged<BodyStream>.fromOpaque(context).takeRetainedValue().finish()
    }
    let response = MHD_create_response_from_callback(headcast_unknown_size, 16_384, read, box.toOpaque(), free)
    if response == nil { box.release() }
    return response
}
