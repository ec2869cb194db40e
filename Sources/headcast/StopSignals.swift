import Dispatch
import Glibc

/// SIGINT and SIGTERM as a descriptor that becomes readable, one byte per signal.
///
/// From its making on, these signals no longer end the process by themselves. One per process, never released: the
/// pipe stays open so that a late signal finds it.
final class StopSignals {
    /// Readable once a signal came, without blocking; each byte is the number of one.
    let descriptor: Int32
    private let sources: [any DispatchSourceSignal]

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProgramFailure("cannot make a pipe", errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let writer = ends[1]
        descriptor = ends[0]
        sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { _ = write(writer, [UInt8(number)], 1) }
            source.activate()
            return source
        }
    }
}
