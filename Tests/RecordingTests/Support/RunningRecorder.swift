import Endpoints
import Foundation
import HTTPForTests
import Logging
import Records
import Synchronization

@testable import Recording

/// A recorder that serves on loopback from a thread of its own until it is released.
final class RunningRecorder: HTTPServing, Sendable {
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
        // Nothing can be read before.
        store.waitForOpening()
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

    func post(_ text: String, to target: String = "/responses") throws -> Reply {
        try call("POST", target, Array(text.utf8))
    }
}

extension RunningRecorder {
    /// Posts `count` responses at once, which all wait while the store is held up with another.
    func crowd(_ count: Int) throws -> [Pending] {
        let first = Pending { try self.post(response("first")) }
        store.waitForHeldGroup()
        let others = (0..<count).map { index in Pending { try self.post(response("m\(index)")) } }
        try waitForResponses(count + 1)
        return [first] + others
    }

    /// Waits until so many responses are accepted and not answered.
    func waitForResponses(_ count: Int) throws {
        var waiting = 0
        while waiting < count {
            let queue = try call("GET", "/status").json["queue"] as? [String: Any]
            waiting = queue?["responses"] as? Int ?? 0
        }
    }
}
