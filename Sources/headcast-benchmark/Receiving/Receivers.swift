import CLinux
import Dispatch
import Endpoints
import Glibc
import Synchronization

/// The subscribers of a benchmark, on a thread of their own until ``stop()`` or until nobody refers to them.
final class Receivers: Sendable {
    let plan: ReceiverPlan
    let tally: ReceiverTally
    let endpoints: [Endpoint]
    /// What SO_RCVBUF granted each socket, in bytes of kernel memory.
    let grantedBytes: Int

    private let stopDescriptor: Mutex<Int32>
    private let group = DispatchGroup()

    init(_ plan: ReceiverPlan) throws {
        let tally = ReceiverTally()
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw BenchmarkFailure("cannot make a pipe", errno) }
        let stop = ends[0]
        let start = Start()
        DispatchQueue(label: "receivers").async(group: group) {
            defer { close(stop) }
            do {
                // Belongs to this thread from its making to its end.
                let loop = try ReceiverLoop(plan, tally)
                start.finish(.success((loop.endpoints, loop.grantedBytes)))
                try loop.run(until: stop)
            } catch {
                start.finish(.failure(error))
            }
        }
        self.plan = plan
        self.tally = tally
        stopDescriptor = Mutex(ends[1])
        (endpoints, grantedBytes) = try start.wait()
    }

    deinit {
        stop()
    }

    /// Closes the sockets and ends the thread. Harmless when repeated.
    func stop() {
        stopDescriptor.withLock { descriptor in
            // The end of the pipe is what the thread waits for.
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
        group.wait()
    }
}

/// What the thread tells once it has bound its sockets, or could not.
private final class Start: Sendable {
    typealias Outcome = Result<([Endpoint], Int), any Error>

    private let outcome = Mutex<Outcome?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    func finish(_ result: Outcome) {
        outcome.withLock { $0 = $0 ?? result }
        semaphore.signal()
    }

    func wait() throws -> ([Endpoint], Int) {
        semaphore.wait()
        guard let outcome = outcome.withLock({ $0 }) else { throw BenchmarkFailure("the receivers did not start") }
        return try outcome.get()
    }
}
