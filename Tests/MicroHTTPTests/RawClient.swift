import Endpoints
import Glibc

/// A TCP client that writes what it is told, byte for byte, and keeps what it reads; nonblocking, driven by a harness.
final class RawClient {
    let descriptor: Int32
    private(set) var received: [UInt8] = []

    /// The other side has closed, or has reset the connection.
    private(set) var isClosed = false

    private var unsent: ArraySlice<UInt8> = []

    init(to endpoint: Endpoint) {
        let isIPv4 = endpoint.address.isIPv4
        descriptor = socket(isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if isIPv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = endpoint.port.bigEndian
            address.sin_addr.s_addr =
                endpoint.address.isUnspecified ? UInt32(0x7F00_0001).bigEndian : endpoint.address.v4.bigEndian
            connect(to: address)
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = endpoint.port.bigEndian
            address.sin6_addr = in6addr_loopback
            connect(to: address)
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: some Sequence<UInt8>) {
        unsent += bytes
        move()
    }

    func send(_ text: String) { send(text.utf8) }

    /// Everything has been handed to the kernel, or can no longer be.
    var hasSentAll: Bool { unsent.isEmpty || isClosed }

    /// Says that nothing more comes, and goes on reading.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Leaves with a reset, as a process does that dies with unread data.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        disconnect()
    }

    /// Leaves; the descriptor stays taken until the client is let go.
    func disconnect() {
        var unconnected = sockaddr()
        unconnected.sa_family = sa_family_t(AF_UNSPEC)
        shutdown(descriptor, Int32(SHUT_RDWR))
        _ = Glibc.connect(descriptor, &unconnected, socklen_t(MemoryLayout<sockaddr>.size))
        isClosed = true
    }

    /// Writes and reads what is possible now.
    func move(reading: Bool = true) {
        while !unsent.isEmpty {
            let count = unsent.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { break }
            unsent = unsent.dropFirst(count)
        }
        guard reading, !isClosed else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                received += buffer[..<count]
            } else {
                isClosed = count == 0 || errno != EAGAIN
                return
            }
        }
    }

    /// The complete answers so far; interim ones (1xx) and those to HEAD have no body.
    func answers(toHead: Bool = false) -> [Answer] {
        var answers: [Answer] = []
        var rest = received[...]
        while let answer = Answer(takingFrom: &rest, hasBody: !toHead) { answers.append(answer) }
        return answers
    }

    private func connect<Address>(to address: Address) {
        withUnsafeBytes(of: address) { bytes in
            let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            let result = Glibc.connect(descriptor, pointer, socklen_t(bytes.count))
            precondition(result == 0, "cannot connect: errno \(errno)")
        }
    }
}

/// An HTTP answer as a client sees it.
struct Answer {
    var status: Int
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// Takes the first answer off `bytes`; nil while it is not complete.
    init?(takingFrom bytes: inout ArraySlice<UInt8>, hasBody: Bool) {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }) else {
            return nil
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        self.status = status
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let count = hasBody && status >= 200 ? Int(headers["content-length"] ?? "0") ?? 0 : 0
        guard bytes.endIndex - (end + 4) >= count else { return nil }
        body = Array(bytes[(end + 4)..<(end + 4 + count)])
        bytes = bytes[(end + 4 + count)...]
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}
