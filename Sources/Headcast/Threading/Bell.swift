import CLinux
import Clocks
import Glibc

/// Wakes a thread that has nothing to do.
final class Bell: Sendable {
    /// An eventfd(2), readable while it has rung.
    let descriptor: Int32

    init() throws(WorkerThread.Failure) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let code = errno
        guard descriptor >= 0 else { throw WorkerThread.Failure(action: "make an eventfd", code: code) }
    }

    deinit {
        close(descriptor)
    }

    /// Any thread.
    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Sleeps until it has rung since the last time, or `stop` is readable.
    func wait(or stop: Int32) {
        Self.wait(for: nil, [descriptor, stop])
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    /// Sleeps for so long, or until `stop` is readable.
    static func sleep(for duration: Duration, or stop: Int32) {
        let deadline = Instant.now + duration
        while !hasRung(stop), case let left = deadline - .now, left > .zero { wait(for: left, [stop]) }
    }

    static func hasRung(_ stop: Int32) -> Bool {
        wait(for: .zero, [stop])
    }

    /// Whether one of them is readable within that time.
    @discardableResult
    private static func wait(for duration: Duration?, _ descriptors: [Int32]) -> Bool {
        var waits = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let milliseconds = duration.map { Int32(clamping: ($0.nanoseconds + 999_999) / 1_000_000) } ?? -1
        return poll(&waits, nfds_t(waits.count), milliseconds) > 0
    }
}
