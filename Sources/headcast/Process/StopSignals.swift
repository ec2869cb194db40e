import Glibc

/// SIGINT, SIGTERM and SIGHUP as a descriptor that becomes readable, one byte per signal.
///
/// SIGHUP, which comes when a terminal is closed, stays ignored where it is: `nohup` asks for that.
/// Once made, these signals no longer end the process by themselves, so make it before anything tells the outside that
/// the program is up. One per process, never released: the pipe stays open so that a late signal finds it.
final class StopSignals {
    /// Readable once a signal came, without blocking; each byte is the number of one.
    let descriptor: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProgramFailure("cannot make a pipe", errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        pipeForSignals = ends[1]
        var action = sigaction()
        action.__sigaction_handler.sa_handler = passOn
        action.sa_flags = SA_RESTART
        for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(number) {
            guard sigaction(number, &action, nil) == 0 else {
                throw ProgramFailure("cannot handle signal \(number)", errno)
            }
        }
    }
}

private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler = action.__sigaction_handler.sa_handler
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}

/// Where ``passOn(_:)`` writes; a handler has nothing else to find it by.
///
/// Safe without a lock: written before the handler is installed, and only read afterwards.
nonisolated(unsafe) private var pipeForSignals: Int32 = -1

/// Handles a signal, whatever its thread is doing meanwhile: write(2) is all that it may call (signal-safety(7)).
private func passOn(_ number: Int32) {
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    write(pipeForSignals, &byte, 1)
    errno = code
}
