import Clocks
import Glibc
import Testing

@testable import MicroHTTP

struct ConnectionTableTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    @Test func `an end is acted upon a second after it was seen`() {
        let pair = Pair(at: start)
        pair.close()
        #expect(!pair.isClosed(at: start + .seconds(5)))
        #expect(!pair.isClosed(at: start + .milliseconds(5_999)))
        #expect(pair.isClosed(at: start + .seconds(6)))
    }

    @Test func `an end is not acted upon within a second of activity`() {
        let pair = Pair(at: start)
        pair.close()
        #expect(!pair.isClosed(at: start))
        pair.connection.lastActivity = start + .seconds(5)
        #expect(!pair.isClosed(at: start + .milliseconds(5_999)))
        #expect(pair.isClosed(at: start + .seconds(6)))
    }

    @Test func `an end is not acted upon before all is read`() {
        let pair = Pair(at: start)
        pair.send("x")
        pair.close()
        #expect(!pair.isClosed(at: start))
        #expect(!pair.isClosed(at: start + .seconds(5)))
        pair.readByte()
        #expect(pair.isClosed(at: start + .seconds(6)))
    }

    @Test func `a connection without an end is left alone`() {
        let pair = Pair(at: start)
        for second in 0..<5 { #expect(!pair.isClosed(at: start + .seconds(second))) }
    }
}

/// A connection and its client, alone in a table.
private final class Pair {
    let connection: Connection
    private var table = ConnectionTable()
    private var client: Int32

    init(at now: Instant) {
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        connection = Connection(descriptor: ends[0], deadline: now + .seconds(60), at: now)
        client = ends[1]
        table.insert(connection, at: now)
    }

    deinit {
        close()
        Glibc.close(connection.descriptor)
    }

    func send(_ text: String) { _ = write(client, text, text.utf8.count) }

    func close() {
        if client >= 0 { Glibc.close(client) }
        client = -1
    }

    func readByte() {
        var byte: UInt8 = 0
        _ = read(connection.descriptor, &byte, 1)
    }

    /// Whether a look at this time would close it.
    func isClosed(at now: Instant) -> Bool {
        var isClosed = false
        table.closeEnded(at: now) { _ in isClosed = true }
        return isClosed
    }
}
