import CLinux
import ErrorNumbers
import Glibc
import Synchronization

/// A thread that can be woken, told to end and waited for.
final class ReceivingThread: Sendable {
    /// An eventfd(2), readable once the thread is to end.
    private let descriptor: Int32
    private let thread: Mutex<pthread_t?>

    /// Runs `body` on a thread with every signal blocked; it is handed the descriptor that tells it to end.
    init(_ body: @escaping @Sendable (_ stop: Int32) -> Void) throws(SubscriptionError) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let code = errno
        guard descriptor >= 0 else { throw .socket("make an eventfd", code: code) }
        self.descriptor = descriptor
        var started = pthread_t()
        let start = Unmanaged.passRetained(Start { body(descriptor) })
        var blocked = sigset_t()
        var previous = sigset_t()
        sigfillset(&blocked)
        // A new thread inherits the mask of the one that makes it; signals are the program's business.
        pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        let status = pthread_create(&started, nil, runThread, start.toOpaque())
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        thread = Mutex(status == 0 ? started : nil)
        guard status == 0 else {
            start.release()
            throw .socket("start a thread", code: status)
        }
    }

    deinit {
        end()
        close(descriptor)
    }

    /// Lets the thread end and waits for it. Harmless when repeated; any thread.
    func end() {
        // Within the lock, so that whoever comes second waits, too.
        thread.withLock { thread in
            guard let running = thread.take() else { return }
            var one: UInt64 = 1
            _ = write(descriptor, &one, 8)
            pthread_join(running, nil)
        }
    }
}

/// Keeps the closure alive in the thread's user pointer until the thread takes it.
private final class Start {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }
}

private func runThread(_ user: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let user else { return nil }
    Unmanaged<Start>.fromOpaque(user).takeRetainedValue().body()
    return nil
}
