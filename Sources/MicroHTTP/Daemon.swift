import CMicroHTTPD
import Glibc

/// Starts libmicrohttpd for `server`, to be driven from outside; nil, and errno, when it cannot.
///
/// `descriptor` is libmicrohttpd's from here on. When the start fails it may be closed or not, depending on how far it
/// came; it is left alone then, since closing somebody else's descriptor is worse than leaking one.
func startDaemon(for server: HTTPServer, listening descriptor: Int32) -> OpaquePointer? {
    let box = Unmanaged.passUnretained(server).toOpaque()
    let context = Int(bitPattern: box)
    let limits = server.limits
    let keepEscapes: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<CChar>?) -> Int = {
        _, _, text in text.map { strlen($0) } ?? 0
    }
    let connectionChanged: MHD_NotifyConnectionCallback = notify
    let requestBegan:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? =
            begin
    let requestEnded: MHD_RequestCompletedCallback = end
    let options: [(MHD_OPTION, [any CVarArg])] = [
        (.LISTEN_SOCKET, [descriptor]),
        (.CONNECTION_MEMORY_LIMIT, [HeadMemory.poolBytes(for: limits.headerBytes)]),
        (.CONNECTION_LIMIT, [UInt32(clamping: limits.maximumConnections)]),
        (.PER_IP_CONNECTION_LIMIT, [UInt32(clamping: limits.maximumConnectionsPerAddress ?? 0)]),
        (.STRICT_FOR_CLIENT, [Int32(1)]),
        (.UNESCAPE_CALLBACK, [unsafeBitCast(keepEscapes, to: Int.self), context]),
        (.NOTIFY_CONNECTION, [unsafeBitCast(connectionChanged, to: Int.self), context]),
        (.URI_LOG_CALLBACK, [unsafeBitCast(requestBegan, to: Int.self), context]),
        (.NOTIFY_COMPLETED, [unsafeBitCast(requestEnded, to: Int.self), context]),
        (.END, []),
    ]
    let arguments = options.flatMap { [$0.0.rawValue as any CVarArg] + $0.1 }
    let flags = MHD_USE_EPOLL.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue
    return withVaList(arguments) { MHD_start_daemon_va(flags, 0, nil, nil, handle, box, $0) }
}

/// A connection was accepted or is about to be closed; its ``Connection`` hangs on libmicrohttpd's pointer between.
private func notify(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?,
    slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, change: MHD_ConnectionNotificationCode
) {
    guard let server = server(context), let handle, let slot else { return }
    switch change {
    case .CONNECTION_NOTIFY_STARTED:
        let connection = server.open(headcast_connection_descriptor(handle))
        slot.pointee = Unmanaged.passRetained(connection).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
        guard let box = slot.pointee else { return }
        slot.pointee = nil
        server.close(Unmanaged<Connection>.fromOpaque(box).takeRetainedValue())
    @unknown default:
        break
    }
}

/// A request line is complete; what is returned is libmicrohttpd's pointer of this request, until ``end``.
private func begin(
    context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?, handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let server = server(context), let target, let handle,
        let box = headcast_connection_context(handle)?.pointee
    else { return nil }
    let connection = Unmanaged<Connection>.fromOpaque(box).takeUnretainedValue()
    return Unmanaged.passRetained(server.begin(target, on: connection, handle: handle)).toOpaque()
}

/// First for the head alone, then for each piece of the body, then for the end.
private func handle(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?, path: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?, version: UnsafePointer<CChar>?, bytes: UnsafePointer<CChar>?,
    count: UnsafeMutablePointer<Int>?, slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let handle, let method, let version, let count, let box = slot?.pointee else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(box).takeUnretainedValue()
    let progress: Progress
    if case .head = exchange.stage {
        progress = exchange.receiveHead(from: handle, method: method, version: version)
    } else if count.pointee > 0 {
        let start = UnsafeRawPointer(bytes)?.assumingMemoryBound(to: UInt8.self)
        progress = exchange.receive(UnsafeBufferPointer(start: start, count: count.pointee))
        count.pointee = 0
    } else {
        progress = exchange.receiveEnd()
    }
    return progress == .goOn ? .YES : .NO
}

/// A request has been answered or has failed; the memory that belongs to it is about to go.
private func end(
    context: UnsafeMutableRawPointer?, handle: OpaquePointer?,
    slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, code: MHD_RequestTerminationCode
) {
    guard let server = server(context), let slot, let box = slot.pointee else { return }
    slot.pointee = nil
    server.end(Unmanaged<Exchange>.fromOpaque(box).takeRetainedValue())
}

/// The server outlives its daemon, which ``HTTPServer/stop()`` ends.
private func server(_ context: UnsafeMutableRawPointer?) -> HTTPServer? {
    context.map { Unmanaged<HTTPServer>.fromOpaque($0).takeUnretainedValue() }
}
