import Dispatch
import Endpoints
import Gateway
import Glibc
import Logging

/// The demo's gateway, on a thread of its own.
struct DemoGateway {
    static let topic = "demo"

    /// Where it serves HTTP.
    let endpoint: Endpoint

    private let stopDescriptor: Int32
    private let steps: AsyncThrowingStream<Endpoint, any Error>

    /// Starts on the port that everybody expects, or on a free one where that is taken.
    static func start(for subscribers: [Endpoint]) async throws -> DemoGateway {
        var configuration = GatewayConfiguration(name: "demo")
        configuration.topics = [TopicConfiguration(name: topic, source: .static(subscribers))]
        configuration.drainTimeout = .seconds(1)
        do {
            return try await DemoGateway(configuration)
        } catch {
            configuration.listen.port = 0
            return try await DemoGateway(configuration)
        }
    }

    private init(_ configuration: GatewayConfiguration) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProgramFailure("cannot make a pipe", errno) }
        let (stop, stopDescriptor) = (ends[0], ends[1])
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Endpoint.self)
        DispatchQueue(label: "gateway").async {
            defer { close(stop) }
            do {
                // Belongs to this thread from its making to its end.
                let gateway = try GatewayLoop(configuration, logger: Logger(label: "headcast.gateway"))
                continuation.yield(gateway.endpoint)
                try gateway.run(until: stop)
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        var iterator = steps.makeAsyncIterator()
        do {
            guard let endpoint = try await iterator.next() else { throw ProgramFailure("the gateway did not start") }
            self.endpoint = endpoint
        } catch {
            close(stopDescriptor)
            throw error
        }
        self.stopDescriptor = stopDescriptor
        self.steps = steps
    }

    /// Ends it once everything accepted is finished.
    func stop() async {
        // A closed pipe would mean "at once".
        _ = write(stopDescriptor, [UInt8(0)], 1)
        do {
            for try await _ in steps {}
        } catch {
            StandardError.print("\(error)")
        }
        close(stopDescriptor)
    }
}
