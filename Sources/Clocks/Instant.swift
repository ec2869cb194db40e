import CLinux
import Glibc

/// A point on the monotonic clock.
///
/// Counts nanoseconds of CLOCK_MONOTONIC, which never goes back and ignores changes of the wall clock.
package struct Instant: InstantProtocol, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: Instant {
        Instant(nanoseconds: linux_read_clock(CLOCK_MONOTONIC))
    }

    package func advanced(by duration: Duration) -> Instant {
        Instant(nanoseconds: nanoseconds + duration.nanoseconds)
    }

    package func duration(to other: Instant) -> Duration {
        Duration(nanoseconds: other.nanoseconds - nanoseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        instant.advanced(by: duration)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        right.duration(to: left)
    }
}
