import Dispatch
import Endpoints
import Foundation
import Synchronization

/// A TCP server on loopback that answers every request with the bytes it was given, whatever they are.
package final class ScriptedServer: Sendable {
    package let endpoint: Endpoint
    private let listener: Int32
    private let state = Mutex<(requests: [String], connections: Int)>(([], 0))

    package var requests: [String] { state.withLock { $0.requests } }
    package var connections: Int { state.withLock { $0.connections } }
    package var url: String { "http://\(endpoint)" }

    /// - Parameters:
    ///   - closes: whether the connection ends with the answer; else the next request is read.
    ///   - answers: how many requests of one connection are answered before it ends; nil for all.
    ///   - gate: waited for before each answer.
    package convenience init(
        answering answer: String, closes: Bool = false, answers: Int? = nil, gate: (@Sendable () -> Void)? = nil
    ) throws {
        try self.init(closes: closes) { _, answered in
            if let answers, answered >= answers { return nil }
            gate?()
            return answer
        }
    }

    /// - Parameters:
    ///   - port: of loopback; 0 for a free one.
    ///   - answer: what is answered to a request with this body, after so many of its connection; nil ends that.
    package init(
        port: UInt16 = 0, closes: Bool = false,
        answer: @escaping @Sendable (_ body: ArraySlice<UInt8>, _ answered: Int) -> String?
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let loopback = SocketAddress(Endpoint(address: .loopback, port: port))
        var bound = SocketAddress()
        // What another server left behind at this port is none of its business.
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard loopback.withPointer({ bind(listener, $0, $1) }) == 0, listen(listener, 16) == 0,
            bound.withMutablePointer({ getsockname(listener, $0, $1) }) == 0, let endpoint = bound.endpoint
        else { throw CocoaError(.fileReadUnknown) }
        self.listener = listener
        self.endpoint = endpoint
        Thread.detachNewThread { [weak self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                self?.state.withLock { $0.connections += 1 }
                Thread.detachNewThread { [weak self] in
                    var answered = 0
                    while let request = Self.readRequest(connection) {
                        self?.state.withLock { $0.requests.append(String(decoding: request.bytes, as: UTF8.self)) }
                        guard let answer = answer(request.bytes[request.body...], answered) else { break }
                        answered += 1
                        _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                        if closes { break }
                    }
                    // Ends the connection even if a child of another test has a copy of the descriptor.
                    shutdown(connection, Int32(SHUT_RDWR))
                    close(connection)
                }
            }
            // Not before nobody accepts from it any more: its number may soon be another server's.
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// A request, and where its body begins; nil at the end of the connection.
    private static func readRequest(_ connection: Int32) -> (bytes: [UInt8], body: Int)? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        var body: Range<Int>?
        while body.map({ bytes.count < $0.upperBound }) ?? true {
            let count = read(connection, &part, part.count)
            guard count > 0 else { return nil }
            bytes += part[..<count]
            if body == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.upperBound], as: UTF8.self)
                let length = head.firstMatch(of: #/(?i)content-length: (\d+)/#).flatMap { Int($0.1) } ?? 0
                body = end.upperBound..<end.upperBound + length
            }
        }
        return (bytes, body?.lowerBound ?? 0)
    }
}
