import Clocks
import EventLoop
import Glibc
import Testing

struct EpollTests {
    /// Both ends of a pipe; closed with it.
    private final class Pipe {
        let readEnd: Int32
        private(set) var writeEnd: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (readEnd, writeEnd) = (ends[0], ends[1])
        }

        deinit {
            close(readEnd)
            closeWriteEnd()
        }

        func write() {
            var byte: UInt8 = 1
            _ = Glibc.write(writeEnd, &byte, 1)
        }

        func read() {
            var byte: UInt8 = 0
            _ = Glibc.read(readEnd, &byte, 1)
        }

        func closeWriteEnd() {
            if writeEnd >= 0 { close(writeEnd) }
            writeEnd = -1
        }
    }

    private let past = Instant(nanoseconds: 0)

    @Test func `a deadline that has passed is not waited for`() throws {
        var epoll = try Epoll()
        let before = Instant.now
        let ready = epoll.wait(until: past, at: before)
        #expect(ready == 0)
        #expect(Instant.now - before < .milliseconds(500))
    }

    @Test(arguments: [1, 250_000, 999_999, 1_000_001, 20_000_000])
    func `a wait does not end before its deadline`(_ nanoseconds: Int64) throws {
        var epoll = try Epoll()
        let before = Instant.now
        let deadline = before + .nanoseconds(nanoseconds)
        let ready = epoll.wait(until: deadline, at: before)
        #expect(ready == 0)
        #expect(Instant.now >= deadline)
    }

    @Test func `a ready descriptor ends a wait without a deadline, and one for centuries`() throws {
        var epoll = try Epoll()
        let pipe = try Pipe()
        try epoll.add(pipe.readEnd, .readable, token: 7)
        pipe.write()
        for deadline in [nil, Instant(nanoseconds: .max)] {
            let ready = epoll.wait(until: deadline, at: .now)
            #expect(ready == 1)
        }
    }

    @Test(arguments: [0, 1, UInt64.max])
    func `a descriptor comes back with its token`(_ token: UInt64) throws {
        var epoll = try Epoll()
        let pipe = try Pipe()
        try epoll.add(pipe.readEnd, .readable, token: token)
        pipe.write()
        _ = epoll.wait(until: nil, at: .now)
        let (found, state) = epoll.ready(0)
        #expect(found == token)
        #expect(state == .readable)
    }

    @Test func `a descriptor is ready until it is read`() throws {
        var epoll = try Epoll()
        let pipe = try Pipe()
        try epoll.add(pipe.readEnd, .readable, token: 1)
        pipe.write()
        let unread = [epoll.wait(until: past, at: .now), epoll.wait(until: past, at: .now)]
        pipe.read()
        let read = epoll.wait(until: past, at: .now)
        #expect(unread == [1, 1])
        #expect(read == 0)
    }

    @Test func `only what is asked for is told`() throws {
        var epoll = try Epoll()
        let pipe = try Pipe()
        try epoll.add(pipe.writeEnd, .readable, token: 1)
        let asReadable = epoll.wait(until: past, at: .now)
        #expect(asReadable == 0)
        try epoll.change(pipe.writeEnd, to: [.readable, .writable], token: 2)
        let asWritable = epoll.wait(until: past, at: .now)
        #expect(asWritable == 1)
        let (token, state) = epoll.ready(0)
        #expect(token == 2)
        #expect(state == .writable)
    }

    @Test func `a hang-up is told without being asked for`() throws {
        var epoll = try Epoll()
        let pipe = try Pipe()
        try epoll.add(pipe.readEnd, [], token: 1)
        pipe.closeWriteEnd()
        let ready = epoll.wait(until: past, at: .now)
        #expect(ready == 1)
        let state = epoll.ready(0).state
        #expect(!state.isDisjoint(with: .failed))
    }

    @Test func `more descriptors than fit are told in turns`() throws {
        var epoll = try Epoll(capacity: 2)
        let pipes = try (0..<5).map { _ in try Pipe() }
        for (index, pipe) in pipes.enumerated() {
            try epoll.add(pipe.readEnd, .readable, token: UInt64(index))
            pipe.write()
        }
        var seen: Set<UInt64> = []
        for _ in 0..<10 {
            let ready = epoll.wait(until: past, at: .now)
            #expect(ready <= 2)
            for index in 0..<ready { seen.insert(epoll.ready(index).token) }
        }
        #expect(seen == [0, 1, 2, 3, 4])
    }

    @Test(arguments: [Int.min, 0, 1])
    func `at least one descriptor is told at a time`(_ capacity: Int) throws {
        var epoll = try Epoll(capacity: capacity)
        let pipe = try Pipe()
        try epoll.add(pipe.readEnd, .readable, token: 1)
        pipe.write()
        let ready = epoll.wait(until: past, at: .now)
        #expect(ready == 1)
    }

    @Test func `a descriptor that is none is an error that names the call`() throws {
        let epoll = try Epoll()
        var text: String?
        do throws(EventLoopError) { try epoll.add(-1, .readable, token: 1) } catch { text = error.description }
        #expect(text == "epoll_ctl failed: bad file descriptor (EBADF)")
    }

    @Test func `a descriptor is added once and changed only then`() throws {
        let epoll = try Epoll()
        let pipe = try Pipe()
        var codes: [Int32] = []
        func note(_ body: () throws(EventLoopError) -> Void) {
            do throws(EventLoopError) { try body() } catch {
                if case .system(_, let code) = error { codes.append(code) }
            }
        }
        note { () throws(EventLoopError) in try epoll.change(pipe.readEnd, to: .readable, token: 1) }
        note { () throws(EventLoopError) in try epoll.add(pipe.readEnd, .readable, token: 1) }
        note { () throws(EventLoopError) in try epoll.add(pipe.readEnd, .readable, token: 1) }
        #expect(codes == [ENOENT, EEXIST])
    }
}
