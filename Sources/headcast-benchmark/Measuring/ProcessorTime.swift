import Glibc

/// What has been used of processors, in nanoseconds: much the same however busy the machine is.
enum ProcessorTime {
    /// By the calling thread.
    static var ofThread: Int { read(CLOCK_THREAD_CPUTIME_ID) }

    /// By all threads of a process; 0 once it has been waited for.
    static func of(_ process: pid_t) -> Int {
        var clock = clockid_t()
        return clock_getcpuclockid(process, &clock) == 0 ? read(clock) : 0
    }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1_000_000_000 + time.tv_nsec : 0
    }
}
