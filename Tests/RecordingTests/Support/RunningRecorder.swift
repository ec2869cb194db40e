import Endpoints
import Foundation
import Logging
import Records
import Synchronization

@testable import Recording

/// A recorder that serves on loopback from a thread of its own until it is released.
final class RunningRecorder: Sendable {
    let store: MemoryStore
    let endpoint: Endpoint
    private let stopReader: Int32
    private let stopWriter: Int32
    private let ended: DispatchSemaphore

    /// - Parameter change: starts from a free port.
    init(
        _ store: MemoryStore = MemoryStore(),
        _ change: @escaping @Sendable (inout RecorderConfiguration) -> Void = { _ in }
    ) throws {
        self.store = store
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
        let stop = ends[0]
        stopReader = stop
        stopWriter = ends[1]
        let ended = DispatchSemaphore(value: 0)
        self.ended = ended
        let started = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        Thread.detachNewThread {
            do {
                var configuration = RecorderConfiguration(name: "test", store: .sqlite(path: "/in/memory.db"))
                configuration.listen = Endpoint(address: .loopback, port: 0)
                change(&configuration)
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let loop = try RecorderLoop(configuration, store: store, logger: logger)
                outcome.endpoint.withLock { $0 = loop.endpoint }
                started.signal()
                try loop.run(until: stop)
            } catch {
                outcome.failure.withLock { $0 = error }
                started.signal()
            }
            ended.signal()
        }
        started.wait()
        guard let endpoint = outcome.endpoint.withLock({ $0 }) else { throw CocoaError(.fileReadUnknown) }
        self.endpoint = endpoint
        self.outcome = outcome
    }

    private let outcome: Outcome

    private final class Outcome: Sendable {
        let endpoint = Mutex<Endpoint?>(nil)
        let failure = Mutex<(any Error)?>(nil)
    }

    deinit {
        store.release()
        store.releaseReading()
        requestStop()
        requestStop()
        ended.wait()
        close(stopWriter)
        close(stopReader)
    }

    /// What SIGTERM does.
    func requestStop() {
        _ = write(stopWriter, [15], 1)
    }

    /// Waits for the end, and gives what it failed with.
    func end() -> (any Error)? {
        ended.wait()
        ended.signal()
        return outcome.failure.withLock { $0 }
    }

    // MARK: Calls

    /// Sends one request on a connection of its own and reads the answer to its end.
    func call(
        _ method: String = "GET", _ target: String, _ body: [UInt8]? = nil, headers: [String] = []
    ) throws -> Reply {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        for header in headers { head += header + "\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + (body ?? [])
        let connection = try connected()
        defer { close(connection) }
        // The server may answer and close before it has read everything: what it said still counts.
        _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(connection, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return try Reply(parsing: answer)
    }

    func post(_ text: String, to target: String = "/responses") throws -> Reply {
        try call("POST", target, Array(text.utf8))
    }

    func connected() throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = endpoint.port.bigEndian
        address.sin_addr.s_addr = endpoint.address.v4.bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw CocoaError(.fileWriteUnknown) }
        return connection
    }
}
