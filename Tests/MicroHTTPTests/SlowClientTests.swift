import Clocks
import MicroHTTP
import Testing

struct SlowClientTests {
    @Test func `a connection without a request is closed after the idle timeout`() throws {
        let harness = try ServerHarness()
        let client = harness.connect()
        harness.run { harness.server.connectionCount == 1 }
        harness.advance(by: .seconds(59))
        #expect(!client.isClosed)
        harness.advance(by: .seconds(2))
        #expect(client.isClosed)
        #expect(harness.server.counters.timeouts == 1)
    }

    @Test func `bytes of a request line do not extend the idle timeout`() throws {
        let harness = try ServerHarness()
        let client = harness.connect()
        for byte in get("/" + String(repeating: "x", count: 200)).utf8.prefix(100) {
            client.send([byte])
            harness.advance(by: .seconds(1))
            if client.isClosed { break }
        }
        #expect(client.isClosed)
        #expect(harness.server.connectionCount == 0)
    }

    @Test func `headers dripped byte by byte are cut off by the request timeout`() throws {
        let harness = try ServerHarness()
        let client = harness.send("GET / HTTP/1.1\r\n")
        harness.settle()
        for second in 1...40 where !client.isClosed {
            client.send("x")
            harness.advance(by: .seconds(1))
            if second == 29 { #expect(!client.isClosed) }
        }
        #expect(client.isClosed)
        #expect(harness.server.connectionCount == 0)
    }

    @Test func `a body dripped byte by byte is cut off by the request timeout`() throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n")
        harness.settle()
        for _ in 1...40 where !client.isClosed {
            client.send("x")
            harness.advance(by: .seconds(1))
        }
        #expect(client.isClosed)
        #expect(harness.server.bodiesBytes == 0)
        #expect(harness.service.liveCount == 0)
    }

    @Test func `a suspended request is never too slow`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        harness.advance(by: .seconds(3_600))
        harness.service.answerSuspended()
        harness.run { client.answers().count == 1 }
        #expect(harness.server.counters.timeouts == 0)
    }

    @Test func `a client that does not read its answer is cut off by the idle timeout`() throws {
        let large = [UInt8](repeating: 0, count: 32 << 20)
        let harness = try ServerHarness { $0.respond(HTTPResponse(status: 200, body: large)) }
        let client = RawClient(to: harness.server.endpoint)
        client.send(get("/"))
        harness.run { harness.server.counters.answers == 1 }
        harness.settle()
        #expect(harness.server.connectionCount == 1)
        harness.advance(by: .seconds(61))
        #expect(harness.server.connectionCount == 0)
        #expect(harness.service.liveCount == 0)
    }

    @Test func `the time between requests starts anew with each`() throws {
        let harness = try ServerHarness()
        let client = harness.connect()
        for count in 1...5 {
            client.send(get("/"))
            harness.run { client.answers().count == count }
            harness.advance(by: .seconds(50))
        }
        #expect(!client.isClosed)
    }

    @Test func `one slow client of many is closed and no other`() throws {
        let harness = try ServerHarness()
        let slow = (0..<10).map { _ in harness.send("GET / HTTP/1.1\r\n") }
        harness.settle()
        harness.advance(by: .seconds(20))
        let fast = (0..<10).map { _ in harness.send("GET / HTTP/1.1\r\n") }
        harness.settle()
        harness.advance(by: .seconds(11))
        #expect(slow.allSatisfy { $0.isClosed })
        #expect(!fast.contains { $0.isClosed })
        for client in fast { client.send("Host: test\r\n\r\n") }
        harness.run { fast.allSatisfy { $0.answers().count == 1 } }
    }
}

extension ServerHarness {
    /// Moves the clock and lets the server find out.
    func advance(by duration: Duration) {
        now = now + duration
        settle()
        settle()
    }
}
