import CLinux
import Dispatch
import Endpoints
import Glibc
import Synchronization

/// The subscribers of a benchmark, on threads of their own until ``stop()`` or until nobody refers to them.
final class Receivers: Subscribers, Sendable {
    let plan: ReceiverPlan
    let tally: ReceiverTally
    let endpoints: [Endpoint]
    let grantedBytes: Int

    /// The two ends of a pipe, reading and writing, until they are closed.
    private let stopDescriptors: Mutex<[Int32]>
    private let group = DispatchGroup()

    init(_ plan: ReceiverPlan) throws {
        let tally = ReceiverTally()
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw BenchmarkFailure("cannot make a pipe", errno) }
        self.plan = plan
        self.tally = tally
        stopDescriptors = Mutex(ends)
        let threads = plan.threadCount
        let starts = (0..<threads).map { [ends, group] thread in
            let share = plan.count * thread / threads..<plan.count * (thread + 1) / threads
            return Self.start(plan, share, tally, until: ends[0], in: group)
        }
        do {
            let bound = try starts.map { try $0.wait() }
            endpoints = bound.flatMap(\.0)
            grantedBytes = bound.map(\.1).min() ?? 0
        } catch {
            close(ends[1])
            group.wait()
            close(ends[0])
            throw error
        }
    }

    private static func start(
        _ plan: ReceiverPlan, _ share: Range<Int>, _ tally: ReceiverTally, until stop: Int32, in group: DispatchGroup
    ) -> Start {
        let start = Start()
        DispatchQueue(label: "receivers").async(group: group) {
            do {
                // Belongs to this thread from its making to its end.
                let loop = try ReceiverLoop(plan, share, tally)
                start.finish(.success((loop.endpoints, loop.grantedBytes)))
                try loop.run(until: stop)
            } catch {
                start.finish(.failure(error))
            }
        }
        return start
    }

    deinit {
        stop()
    }

    var counts: SubscriberCounts {
        SubscriberCounts(
            deliveries: tally.deliveries.load(ordering: .acquiring), damaged: tally.damaged.load(ordering: .acquiring),
            processorTime: tally.processorTime.load(ordering: .acquiring))
    }

    /// Closes the sockets and ends the threads. Harmless when repeated.
    func stop() {
        // The end of the pipe is what the threads wait for.
        stopDescriptors.withLock { if let writing = $0.popLast() { close(writing) } }
        group.wait()
        stopDescriptors.withLock { if let reading = $0.popLast() { close(reading) } }
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
