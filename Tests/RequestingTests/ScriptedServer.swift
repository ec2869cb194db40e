import Dispatch
import Endpoints
import Foundation
import Synchronization

/// A TCP server on loopback that answers every request with the bytes it was given, whatever they are.
final class ScriptedServer: Sendable {
    let endpoint: Endpoint
    private let listener: Int32
    private let state = Mutex<(requests: [String], connections: Int)>(([], 0))

    var requests: [String] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }
    var url: String { "http://\(endpoint)" }

    /// - Parameters:
    ///   - gate: waited for before each answer.
    ///   - answers: how many requests of one connection are answered before it ends; nil for all.
    ///   - closes: whether the connection ends with the answer; else the next request is read.
    init(answering answer: String, closes: Bool = false, answers: Int? = nil, gate: (@Sendable () -> Void)? = nil)
        throws
    {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let loopback = SocketAddress(Endpoint(address: .loopback, port: 0))
        var bound = SocketAddress()
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
                        self?.state.withLock { $0.requests.append(request) }
                        if let answers, answered >= answers { break }
                        answered += 1
                        gate?()
                        _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                        if closes { break }
                    }
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

    /// A request with its body; nil at the end of the connection.
    private static func readRequest(_ connection: Int32) -> String? {
        var text = ""
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = text.firstRange(of: "\r\n\r\n") {
                let length = text.firstMatch(of: #/(?i)content-length: (\d+)/#).flatMap { Int($0.1) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let count = read(connection, &part, part.count)
            guard count > 0 else { return nil }
            text += String(decoding: part[..<count], as: UTF8.self)
        }
    }
}
