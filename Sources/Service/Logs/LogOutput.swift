import Glibc
import Synchronization

/// Where lines of the log go, one write(2) for each, so that lines of several threads and processes do not mix.
///
/// Never waits: a line that the descriptor does not take at once (a pipe that nobody reads, a terminal that is held, one
/// that is closed) is lost and counted, and the next one that is taken comes with the count. The loop that sends
/// messages writes its log, too, and must not stand still for it.
final class LogOutput: Sendable {
    private let descriptor: Int32
    private let lost = Atomic(0)

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes `line`; `account` makes the line that tells how many were lost before it.
    func write(_ line: [UInt8], account: (_ lost: Int) -> [UInt8]) {
        guard put(line) else {
            lost.add(1, ordering: .relaxed)
            return
        }
        let count = lost.exchange(0, ordering: .relaxed)
        if count > 0, !put(account(count)) { lost.add(count, ordering: .relaxed) }
    }

    /// Whether the whole line was taken.
    private func put(_ line: [UInt8]) -> Bool {
        var rest = line[...]
        while !rest.isEmpty {
            guard isReady else { return false }
            // A pipe that is ready takes so much without waiting (pipe(7), PIPE_BUF).
            let part = rest.prefix(Int(PIPE_BUF))
            let count = part.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    private var isReady: Bool {
        var descriptor = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, 0) > 0 && Int32(descriptor.revents) & POLLOUT != 0
    }
}
