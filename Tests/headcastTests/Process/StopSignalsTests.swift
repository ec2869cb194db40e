import Glibc
import Testing

@testable import headcast

@Suite(.serialized)
struct StopSignalsTests {
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal that comes at once is a byte and not the end`(number: Int32) throws {
        // Also where the tests themselves run under nohup.
        signal(number, SIG_DFL)
        let before = disposition(of: number)
        let signals = try StopSignals()
        defer { restore() }
        let after = disposition(of: number)
        // Without a handler the next line would end the tests.
        try #require(after.__sigaction_handler.sa_handler != nil && before.__sigaction_handler.sa_handler == nil)
        raiseHere([number])
        #expect(bytes(of: signals) == [UInt8(number)])
        #expect(after.sa_flags & SA_RESTART != 0)
    }

    @Test func `each signal is one byte, and errno is left as it was`() throws {
        let signals = try StopSignals()
        defer { restore() }
        errno = EXDEV
        raiseHere([SIGTERM, SIGINT, SIGTERM])
        #expect(errno == EXDEV)
        #expect(bytes(of: signals) == [SIGTERM, SIGINT, SIGTERM].map { UInt8($0) })
    }

    @Test func `more signals than the pipe holds neither block nor change errno`() throws {
        let signals = try StopSignals()
        defer { restore() }
        errno = EXDEV
        raiseHere(Array(repeating: SIGTERM, count: 70_000))
        #expect(errno == EXDEV)
        #expect(bytes(of: signals).count == 65_536)
    }

    @Test func `a closed terminal is ignored where it was, as nohup has it`() throws {
        signal(SIGHUP, SIG_IGN)
        let signals = try StopSignals()
        defer { restore() }
        raiseHere([SIGHUP, SIGTERM])
        #expect(bytes(of: signals) == [UInt8(SIGTERM)])
    }

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    /// Interrupts this thread, a thread of Dispatch, which blocks signals by itself.
    private func raiseHere(_ numbers: [Int32]) {
        var signals = sigset_t()
        var before = sigset_t()
        sigemptyset(&signals)
        for number in Self.numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, &before)
        for number in numbers { raise(number) }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private func disposition(of number: Int32) -> sigaction {
        var action = sigaction()
        sigaction(number, nil, &action)
        return action
    }

    private func restore() {
        for number in Self.numbers { signal(number, SIG_DFL) }
    }

    private func bytes(of signals: StopSignals) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 100_000)
        let count = read(signals.descriptor, &room, room.count)
        return Array(room.prefix(max(0, count)))
    }
}
