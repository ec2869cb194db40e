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

    /// Rings once the thread is to end; belongs to the thread, too, which may outlive this.
    private let stopBell: Bell
    private let thread: Mutex<pthread_t?>

    /// Runs `body` on a thread with every signal blocked; it is handed the descriptor that tells it to end.
    init(_ body: @escaping @Sendable (_ stop: Int32) -> Void) throws(Failure) {
        let stopBell = try Bell()
        self.stopBell = stopBell
        do throws(ThreadError) {
            thread = Mutex(try startThread { withExtendedLifetime(stopBell) { body(stopBell.descriptor) } })
        } catch {
            throw Failure(action: "start a thread", code: error.errno)
        }
    }

    deinit {
        end()
    }

    /// Tells the thread to end, and does not wait for it. Any thread.
    func stop() {
        stopBell.ring()
    }

    /// Tells the thread to end and waits for it. Harmless when repeated; any thread, this one too, which cannot wait.
    func end() {
        // Within the lock, so that whoever comes second waits, too.
        thread.withLock { thread in
            guard let running = thread.take() else { return }
            stop()
            if pthread_equal(running, pthread_self()) != 0 {
                pthread_detach(running)
            } else {
                pthread_join(running, nil)
            }
        }
    }
}
