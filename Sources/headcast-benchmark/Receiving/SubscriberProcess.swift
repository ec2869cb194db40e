import CLinux
import Clocks
import Endpoints
import Glibc

/// A subscriber as people write one, in a process of its own: takes each message from the library and checks it.
///
/// It tells every 2 ms or so what it has counted, through a pipe.
final class SubscriberProcess: Subscribers {
    let plan: ReceiverPlan
    private(set) var grantedBytes = 0
    /// Where it receives.
    let endpoint: Endpoint

    private let child: Child
    /// Where the child's reports come.
    private let reports: Int32
    private var last = SubscriberCounts(deliveries: 0, damaged: 0, processorTime: 0)

    /// - Parameter python: the path of the receiver in Python; nil for the library in Swift.
    init(_ payload: Payload, python: String? = nil) throws {
        var plan = ReceiverPlan(count: 1, content: .envelope, usesGRO: true, payload: payload)
        // Threads of Python may keep the one that reports from running.
        plan.patience = .seconds(1)
        self.plan = plan
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { throw BenchmarkFailure("cannot make a pipe", errno) }
        reports = ends[0]
        let size = "\(payload.bytes.count)"
        let arguments =
            python.map { ["/usr/bin/env", "python3", "-c", PythonSubscriber.program, $0, size] }
            ?? ["/proc/self/exe", SubscriberCommand.name, size]
        do {
            // Its end is that of the pipe only once nobody here has it open.
            defer { close(ends[1]) }
            child = try Child("subscriber", arguments, handed: .descriptor(ends[1]))
        } catch {
            close(ends[0])
            throw error
        }
        endpoint = child.endpoint
        guard takeReport() else { throw BenchmarkFailure("the subscriber ended at once") }
        _ = fcntl(reports, F_SETFL, O_NONBLOCK)
    }

    deinit {
        child.end()
        close(reports)
    }

    var counts: SubscriberCounts {
        while takeReport() {}
        last.processorTime = ProcessorTime.of(child.identifier)
        return last
    }

    /// Reads one report: what was counted, and what the kernel granted; false when there is none.
    private func takeReport() -> Bool {
        var report = SubscriberReport()
        let size = MemoryLayout<SubscriberReport>.size
        // A write of so few bytes to a pipe is read whole (pipe(7), PIPE_BUF).
        guard read(reports, &report, size) == size else { return false }
        last.deliveries = Int(report.deliveries)
        last.damaged = Int(report.damaged)
        grantedBytes = Int(report.grantedBytes)
        return true
    }
}

/// What a subscriber writes to its parent, as three integers of 64 bits.
struct SubscriberReport {
    var deliveries: UInt64 = 0
    var damaged: UInt64 = 0
    var grantedBytes: UInt64 = 0
}
