import Glibc

/// Starts a thread that runs `body` with every signal blocked; to be joined.
///
/// Signals are the program's business; and a server that closes its connection while a library writes to it would
/// otherwise end the process by SIGPIPE.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(ThreadError) -> pthread_t {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(ThreadStart(body))
    var blocked = sigset_t()
    var previous = sigset_t()
    sigfillset(&blocked)
    // A new thread inherits the mask of the one that makes it.
    pthread_sigmask(SIG_SETMASK, &blocked, &previous)
    let status = pthread_create(&thread, nil, run, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &previous, nil)
    guard status == 0 else {
        start.release()
        throw ThreadError(errno: status)
    }
    return thread
}

/// Keeps the closure alive in the thread's user pointer until the thread takes it.
private final class ThreadStart {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func run(_ user: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let user else { return nil }
    Unmanaged<ThreadStart>.fromOpaque(user).takeRetainedValue().body()
    return nil
}
