import Glibc

/// What a thread has used of a processor, in nanoseconds: much the same however busy the machine is.
enum ProcessorTime {
    /// Of the calling thread.
    static var ofThread: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
