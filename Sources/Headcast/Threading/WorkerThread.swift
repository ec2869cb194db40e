import CLinux
import Glibc
import Synchronization
import Threads

/// A thread that can be told to end and waited for.
final class WorkerThread: Sendable {
    /// Why there is none: what was tried, and an errno.
    struct Failure: Error {
        let action: String
        let code: Int32
    }

    /// An eventfd(2), readable once the thread is to end.
    private let descriptor: Int32
    private let thread: Mutex<pthread_t?>

    /// Runs `body` on a thread with every signal blocked; it is handed the descriptor that tells it to end.
    init(_ body: @escaping @Sendable (_ stop: Int32) -> Void) throws(Failure) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let code = errno
        guard descriptor >= 0 else { throw Failure(action: "make an eventfd", code: code) }
        self.descriptor = descriptor
        do throws(ThreadError) {
            thread = Mutex(try startThread { body(descriptor) })
        } catch {
            close(descriptor)
            throw Failure(action: "start a thread", code: error.errno)
        }
    }

    deinit {
        end()
        close(descriptor)
    }

    /// Tells the thread to end, and does not wait for it. Any thread.
    func stop() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Tells the thread to end and waits for it. Harmless when repeated; any thread.
    func end() {
        // Within the lock, so that whoever comes second waits, too.
        thread.withLock { thread in
            guard let running = thread.take() else { return }
            stop()
            pthread_join(running, nil)
        }
    }
}
