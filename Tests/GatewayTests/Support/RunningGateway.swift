import Clocks
import Endpoints
import Foundation
import HTTPForTests
import Logging
import Synchronization

@testable import Gateway

/// A gateway that serves on loopback from a thread of its own until it is released.
final class RunningGateway: HTTPServing, Sendable {
    let endpoint: Endpoint
    private let stopReader: Int32
    private let stopWriter: Int32
    private let ended: DispatchSemaphore

    /// - Parameter change: starts from one static topic `orders` with no members, a free port and quick timeouts.
    init(_ change: @escaping @Sendable (inout GatewayConfiguration) -> Void = { _ in }) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CocoaError(.fileReadUnknown) }
        let stop = ends[0]
        stopReader = stop
        stopWriter = ends[1]
        let ended = DispatchSemaphore(value: 0)
        let started = DispatchSemaphore(value: 0)
        let outcome = Box<Result<Endpoint, any Error>>()
        Thread.detachNewThread {
            do {
                var configuration = GatewayConfiguration(name: "test")
                configuration.listen = Endpoint(address: .loopback, port: 0)
                configuration.topics = [TopicConfiguration(name: "orders", source: .static([]))]
                change(&configuration)
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let loop = try GatewayLoop(configuration, logger: logger)
                outcome.value = .success(loop.endpoint)
                started.signal()
                try loop.run(until: stop)
            } catch {
                outcome.value = .failure(error)
                started.signal()
            }
            ended.signal()
        }
        started.wait()
        self.ended = ended
        endpoint = try (outcome.value ?? .failure(CancellationError())).get()
    }

    deinit {
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

    /// Whether the loop returns within `seconds`.
    func ends(within seconds: Double) -> Bool {
        guard ended.wait(timeout: .now() + seconds) == .success else { return false }
        ended.signal()
        return true
    }
}

private final class Box<Value: Sendable>: Sendable {
    private let content = Mutex<Value?>(nil)

    var value: Value? {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}
