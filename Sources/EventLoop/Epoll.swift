import CLinux
import Clocks
import Glibc

/// One epoll descriptor and what it last reported.
///
/// Level-triggered. Each descriptor is added with a token that comes back when it is ready.
package struct Epoll: ~Copyable {
    /// What a descriptor is waited on for; errors and hang-ups are always reported.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let readable = Interest(rawValue: EPOLLIN.rawValue)
        package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
        package static let failed = Interest(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    private let descriptor: Int32
    private var events: [epoll_event]

    /// - Parameter capacity: how many ready descriptors one ``wait(until:at:)`` reports at most.
    package init(capacity: Int = 64) throws(EventLoopError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        let code = errno
        guard descriptor >= 0 else { throw .system("epoll_create1", code) }
        events = Array(repeating: epoll_event(), count: max(1, capacity))
    }

    deinit {
        close(descriptor)
    }

    package func add(_ target: Int32, _ interest: Interest, token: UInt64) throws(EventLoopError) {
        try control(EPOLL_CTL_ADD, target, interest, token)
    }

    package func change(_ target: Int32, to interest: Interest, token: UInt64) throws(EventLoopError) {
        try control(EPOLL_CTL_MOD, target, interest, token)
    }

    /// Sleeps until a descriptor is ready or `deadline` has come; nil waits without end.
    ///
    /// Rounds up to whole milliseconds unless the deadline has passed, so that no caller spins on a deadline that is
    /// a fraction away. Returns how many are ready; each is then read with ``ready(_:)``. A signal ends it early with 0.
    package mutating func wait(until deadline: Instant?, at now: Instant) -> Int {
        var timeout: Int32 = -1
        if let deadline {
            let nanoseconds = max(0, (deadline - now).nanoseconds)
            timeout = Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        }
        return max(0, Int(epoll_wait(descriptor, &events, Int32(events.count), timeout)))
    }

    /// The token and the state of one descriptor of the last wait.
    package func ready(_ index: Int) -> (token: UInt64, state: Interest) {
        (events[index].data.u64, Interest(rawValue: events[index].events))
    }

    private func control(
        _ operation: Int32, _ target: Int32, _ interest: Interest, _ token: UInt64
    ) throws(EventLoopError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        let result = epoll_ctl(descriptor, operation, target, &event)
        let code = errno
        guard result == 0 else { throw .system("epoll_ctl", code) }
    }
}
