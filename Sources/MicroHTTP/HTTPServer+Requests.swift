import CMicroHTTPD
import Clocks
import Glibc

/// The life of connections and requests, as libmicrohttpd reports it.
extension HTTPServer {
    func open(_ descriptor: Int32) -> Connection {
        counters.connections += 1
        let connection = Connection(descriptor: descriptor, deadline: now + limits.idleTimeout, at: now)
        connections.insert(connection, at: now)
        return connection
    }

    /// Forgets a connection; libmicrohttpd listens again after its limit, or a lack of descriptors, in the next poll.
    func close(_ connection: Connection) {
        connections.remove(connection)
        needsPoll = true
    }

    func begin(_ target: UnsafePointer<CChar>, on connection: Connection, handle: OpaquePointer) -> Exchange {
        counters.requests += 1
        let exchange = Exchange(server: self, handle: handle, connection: connection, target: RawTarget(target))
        connection.exchange = exchange
        connection.deadline = now + limits.requestTimeout
        connection.lastActivity = now
        return exchange
    }

    func end(_ exchange: Exchange) {
        if case .answered = exchange.stage {} else { counters.abandoned += 1 }
        exchange.connection.exchange = nil
        exchange.connection.deadline = now + limits.idleTimeout
        exchange.connection.lastActivity = now
        exchange.end()
    }

    /// Hands an answer to libmicrohttpd; it leaves when the handler returns or the connection resumes.
    ///
    /// Where that fails for want of memory, the connection ends up in ``Exchange/receiveEnd()`` again and is closed.
    func queue(_ response: HTTPResponse, streaming stream: BodyStream?, isHead: Bool = false, on handle: OpaquePointer)
    {
        guard let made = Self.make(response, streaming: stream) else { return }
        defer { MHD_destroy_response(made) }
        // 0.9.75 ends even the answer to HEAD with a last chunk, which the client takes for the next answer.
        if stream != nil, isHead { headcast_send_unchunked(made) }
        if isClosing { Self.add("Connection", "close", to: made) }
        queue(made, response.status, on: handle)
    }

    /// The same with an answer that is made already.
    func queue(_ prepared: PreparedResponse, on handle: OpaquePointer) {
        guard let made = prepared.handle, !isClosing else {
            return queue(prepared.response, streaming: nil, on: handle)
        }
        queue(made, prepared.response.status, on: handle)
    }

    private func queue(_ made: OpaquePointer, _ status: Int, on handle: OpaquePointer) {
        if MHD_queue_response(handle, UInt32(clamping: status), made) == .YES { counters.answers += 1 }
    }

    /// An answer as libmicrohttpd keeps it, which has a copy of the body; nil without memory for it.
    static func make(_ response: HTTPResponse, streaming stream: BodyStream? = nil) -> OpaquePointer? {
        let made =
            if let stream {
                makeResponse(streaming: stream)
            } else {
                response.body.withUnsafeBytes { bytes in
                    MHD_create_response_from_buffer(
                        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
                }
            }
        guard let made else { return nil }
        if let contentType = response.contentType { add("Content-Type", contentType, to: made) }
        if let location = response.location { add("Location", location, to: made) }
        for header in response.headers { add(header.name, header.value, to: made) }
        return made
    }

    private static func add(_ name: StaticString, _ value: String, to response: OpaquePointer) {
        name.withUTF8Buffer { name in
            // A null byte ends a StaticString, too.
            let name = UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self)
            value.withCString { _ = MHD_add_response_header(response, name, $0) }
        }
    }

    private static func add(_ name: String, _ value: String, to response: OpaquePointer) {
        // Handed over as they are, strings would be copied into arrays first.
        name.withCString { name in
            value.withCString { _ = MHD_add_response_header(response, name, $0) }
        }
    }

    /// Writes the last answer of a connection to its socket, as far as the kernel takes it at once.
    ///
    /// Only for a request nothing was queued for; all earlier answers have left.
    func send(_ response: HTTPResponse, on connection: Connection, withBody: Bool) {
        let reason = MHD_get_reason_phrase_for(UInt32(clamping: response.status)).map { String(cString: $0) } ?? ""
        var head = "HTTP/1.1 \(response.status) \(reason)\r\nConnection: close\r\n"
        if let contentType = response.contentType { head += "Content-Type: \(contentType)\r\n" }
        if let location = response.location { head += "Location: \(location)\r\n" }
        for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
        head += "Content-Length: \(response.body.count)\r\n\r\n"
        let bytes = Array(head.utf8) + (withBody ? response.body : [])
        if Glibc.send(connection.descriptor, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            > 0
        {
            counters.answers += 1
        }
    }
}
