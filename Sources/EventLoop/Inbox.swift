import CLinux
import Glibc
import Synchronization

/// The one way into a loop from other threads: a list under a lock and an eventfd that wakes the loop.
///
/// Any thread may send; only the loop's thread takes. Order is kept per sender.
package final class Inbox<Message: Sendable>: Sendable {
    /// An eventfd(2), readable while messages wait.
    package let descriptor: Int32
    private let messages = Mutex<[Message]>([])

    package init() throws(EventLoopError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        let code = errno
        guard descriptor >= 0 else { throw .system("eventfd", code) }
    }

    deinit {
        close(descriptor)
    }

    package func send(_ message: Message) {
        let wasEmpty = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        // An eventfd takes 8 bytes unless its counter is full, and then the loop is awake already.
        _ = write(descriptor, &one, 8)
    }

    /// The same as ``take()``, for a thread that has nothing else to do: waits until something was sent.
    package func wait() -> [Message] {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&entry, 1, -1)
            let messages = take()
            if !messages.isEmpty { return messages }
        }
    }

    /// Everything sent so far, oldest first; empty when there is nothing. Does not wait.
    package func take() -> [Message] {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
        return messages.withLock { messages in
            defer { messages.removeAll() }
            return messages
        }
    }
}
