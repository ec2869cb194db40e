import Endpoints
import Glibc
import Synchronization
import Testing
import Threads

@testable import Resolving

/// A nameserver on loopback that answers what the test tells it to, over UDP and, on the same port, over TCP.
///
/// Its thread ends, and its sockets close, with it.
final class ScriptedNameserver: Sendable {
    struct Query: Sendable {
        var id: UInt16
        var question: DNSQuestion
        var isTCP: Bool

        /// The question's name, to compare with.
        var name: String { question.name.description }
        var type: RecordType { question.type }

        /// An answer to this query, without records yet.
        var answer: AnswerBytes {
            var answer = AnswerBytes(name: name, type: type)
            answer.id = id
            return answer
        }
    }

    enum Response {
        case bytes([UInt8])
        case silence
        case hangUp

        static func answer(_ answer: AnswerBytes) -> Response { .bytes(answer.bytes) }
    }

    typealias Script = @Sendable (Query) -> Response

    let endpoint: Endpoint
    private let log = Log()
    private let stop: Int32
    private let thread: Mutex<pthread_t?>

    /// - Parameter listensToTCP: without it, connections are refused.
    init(listensToTCP: Bool = true, _ script: @escaping Script) throws {
        let (udp, tcp, port) = try ScriptedNameserver.bindPair()
        endpoint = Endpoint(address: .loopback, port: port)
        if listensToTCP { listen(tcp, 16) }
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        stop = ends[1]
        let stopped = ends[0]
        thread = Mutex(nil)
        let started = try startThread { [log] in
            ScriptedNameserver.serve(udp: udp, tcp: listensToTCP ? tcp : -1, stopped: stopped) { query in
                log.queries.withLock { $0.append(query) }
                return script(query)
            }
            for descriptor in [udp, tcp, stopped] { close(descriptor) }
        }
        thread.withLock { $0 = started }
    }

    deinit { shutDown() }

    func shutDown() {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        // Not by its end alone: a program that another test has started meanwhile may hold the pipe open.
        _ = write(stop, [1], 1)
        close(stop)
        pthread_join(thread, nil)
    }

    var received: [Query] { log.queries.withLock { $0 } }

    private final class Log: Sendable {
        let queries = Mutex<[Query]>([])
    }

    private static func bindPair() throws -> (udp: Int32, tcp: Int32, port: UInt16) {
        for _ in 0..<50 {
            let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let port = try bindLoopback(udp, port: 0)
            if port != 0, try bindLoopback(tcp, port: port) == port { return (udp, tcp, port) }
            close(udp)
            close(tcp)
        }
        throw ResolvingError.cannotStart("a nameserver for the test", errno: EADDRINUSE)
    }

    /// The port that was bound; 0 when it is taken.
    private static func bindLoopback(_ descriptor: Int32, port: UInt16) throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return 0 }
            guard bind(descriptor, pointer, length) == 0, getsockname(descriptor, pointer, &length) == 0 else {
                return 0
            }
            return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    private static func serve(udp: Int32, tcp: Int32, stopped: Int32, script: Script) {
        var connections: [Int32] = []
        defer { for connection in connections { close(connection) } }
        while true {
            var descriptors = ([stopped, udp, tcp] + connections).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&descriptors, nfds_t(descriptors.count), -1)
            if descriptors[0].revents != 0 { return }
            if descriptors[1].revents != 0 { answerDatagram(on: udp, script: script) }
            if descriptors[2].revents != 0 { connections.append(accept(tcp, nil, nil)) }
            for descriptor in descriptors.dropFirst(3) where descriptor.revents != 0 {
                guard !answerStream(on: descriptor.fd, script: script) else { continue }
                connections.removeAll { $0 == descriptor.fd }
                close(descriptor.fd)
            }
        }
    }

    private static func answerDatagram(on udp: Int32, script: Script) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var from = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutableBytes(of: &from) { from in
            guard let pointer = from.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return }
            let count = recvfrom(udp, &bytes, bytes.count, 0, pointer, &length)
            guard count > 0, let query = query(Array(bytes.prefix(count)), isTCP: false) else { return }
            if case .bytes(let answer) = script(query) { _ = sendto(udp, answer, answer.count, 0, pointer, length) }
        }
    }

    /// False when the connection is over.
    private static func answerStream(on connection: Int32, script: Script) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(connection, &bytes, bytes.count, 0)
        guard count > 2, let query = query(Array(bytes[2..<count]), isTCP: true) else { return false }
        switch script(query) {
        case .silence: return true
        case .hangUp: return false
        case .bytes(let answer):
            let message = pair(UInt16(answer.count)) + answer
            var sent = 0
            while sent < message.count {
                let written = send(
                    connection, Array(message[sent...]), message.count - sent, Int32(MSG_NOSIGNAL))
                guard written > 0 else { return false }
                sent += written
            }
            return true
        }
    }

    private static func query(_ bytes: [UInt8], isTCP: Bool) -> Query? {
        var reader = DNSReader(bytes)
        do throws(DNSFault) {
            let id = try reader.uint16()
            _ = try reader.take(10)
            let question = DNSQuestion(name: try reader.name(), type: RecordType(rawValue: try reader.uint16()))
            return Query(id: id, question: question, isTCP: isTCP)
        } catch {
            return nil
        }
    }
}
