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
        Instant(nanoseconds: readClock(CLOCK_MONOTONIC))
    }

    package func advanced(by duration: Duration) -> Instant {
        Instant(nanoseconds: nanoseconds + duration.nanoseconds)
    }

    package func duration(to other: Instant) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
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

/// Nanoseconds of `clock`, one of the CLOCK_ constants of clock_gettime(2).
func readClock(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
