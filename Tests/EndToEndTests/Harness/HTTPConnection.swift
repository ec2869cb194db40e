import Glibc

/// A bare TCP connection to an HTTP server, for requests of any shape and speed.
///
/// Used by one test at a time. Closes with `close()` or with its last reference.
final class HTTPConnection {
    private var descriptor: Int32
    private var received: [UInt8] = []
    private(set) var isClosedByServer = false

    /// Connects to an IPv4 or IPv6 endpoint such as `127.0.0.1:8080` or `[::1]:8080`.
    init(to endpoint: String) throws {
        let colon = endpoint.lastIndex(of: ":") ?? endpoint.endIndex
        let host = endpoint[..<colon].filter { $0 != "[" && $0 != "]" }
        let port = endpoint[colon...].dropFirst()
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw Failure(doing: "read the endpoint \(endpoint)", number: EINVAL)
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            let number = errno
            Glibc.close(descriptor)
            descriptor = -1
            throw Failure(doing: "connect to \(endpoint)", number: number)
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    struct Failure: Error, CustomStringConvertible {
        let doing: String
        let number: Int32
        var description: String { "cannot \(doing): \(String(cString: strerror(number)))" }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Says that nothing more comes, and goes on reading.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends all of it, or throws once the server has closed or taken nothing for 10 s.
    func send(_ bytes: [UInt8]) async throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, sendFlags) }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                try await ready(POLLOUT, within: .seconds(10))
            } else {
                throw Failure(doing: "send to the server", number: errno)
            }
        }
    }

    /// The next response on this connection.
    func response(isHead: Bool = false, within limit: Duration = .seconds(10)) async throws -> HTTPResponse {
        try await eventually("a response comes", within: limit, or: { self.account }) {
            if !self.isClosedByServer { self.receive() }
            return HTTPResponse(&self.received, isHead: isHead, isClosed: self.isClosedByServer)
        }
    }

    /// Waits until the server has closed, whatever it said before.
    func closing(within limit: Duration = .seconds(10)) async throws {
        try await eventually("the server closes", within: limit, or: { self.account }) {
            self.receive()
            return self.isClosedByServer
        }
    }

    private var sendFlags: Int32 { Int32(MSG_NOSIGNAL) }

    private var account: String { "received so far: \(String(decoding: received.prefix(500), as: UTF8.self))" }

    private func receive() {
        var room = [UInt8](repeating: 0, count: 65_536)
        while !isClosedByServer {
            var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&event, 1, 2) > 0 else { return }
            let count = recv(descriptor, &room, room.count, 0)
            if count > 0 {
                received += room[..<count]
            } else if count == 0 || errno != EAGAIN {
                isClosedByServer = true
            }
        }
    }

    private func ready(_ events: Int32, within limit: Duration) async throws {
        try await eventually("the server takes more", within: limit) {
            var event = pollfd(fd: self.descriptor, events: Int16(events), revents: 0)
            return poll(&event, 1, 2) > 0
        }
    }
}
