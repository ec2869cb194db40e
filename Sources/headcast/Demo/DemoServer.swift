import Dispatch
import Endpoints
import Glibc

/// A server of the demo, on a thread of its own.
struct DemoServer {
    /// Where it serves HTTP.
    let endpoint: Endpoint

    private let stopDescriptor: Int32
    private let steps: AsyncThrowingStream<Endpoint, any Error>

    /// Runs `serve` on its thread, and returns once that has said where it listens.
    ///
    /// - Parameter serve: the server's life; a byte that can be read from `stop` begins its end.
    init(
        _ name: String,
        _ serve: @escaping @Sendable (_ stop: Int32, _ isListening: (Endpoint) -> Void) throws -> Void
    ) async throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProgramFailure("cannot make a pipe", errno) }
        let (stop, stopDescriptor) = (ends[0], ends[1])
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Endpoint.self)
        DispatchQueue(label: name).async {
            defer { close(stop) }
            do {
                try serve(stop) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        var iterator = steps.makeAsyncIterator()
        do {
            guard let endpoint = try await iterator.next() else { throw ProgramFailure("the \(name) did not start") }
            self.endpoint = endpoint
        } catch {
            close(stopDescriptor)
            throw error
        }
        self.stopDescriptor = stopDescriptor
        self.steps = steps
    }

    /// Starts one at the endpoint that everybody expects, or at a free port where that is taken.
    static func start(
        at usual: Endpoint, _ start: (_ listen: Endpoint) async throws -> DemoServer
    ) async throws -> DemoServer {
        do {
            return try await start(usual)
        } catch {
            return try await start(Endpoint(address: usual.address, port: 0))
        }
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
