import Clocks
import Glibc
import MicroHTTP
import Testing

/// Clients whose last bytes and end arrive together: libmicrohttpd reads the bytes and does not see the end.
struct HalfClosedTests {
    @Test(arguments: [
        "", "GET / HT", "GET / HTTP/1.1\r\nHost: te", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhalf",
        "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9000\r\n\r\nhalf",
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
    ])
    func `a request that can no longer become whole is closed`(start: String) throws {
        let harness = try ServerHarness()
        let client = harness.send(start)
        client.finishSending()
        harness.settle()
        harness.advanceInSeconds(by: 3)
        #expect(client.isClosed && client.received.isEmpty)
        #expect(harness.server.connectionCount == 0)
        #expect(harness.server.bodiesBytes == 0 && harness.service.liveCount == 0)
        #expect(harness.server.counters.timeouts == 0)
    }

    @Test func `a body that is read to be refused and ends early is closed`() throws {
        let harness = try ServerHarness(rule: { _ in .refuse(HTTPResponse(status: 404)) })
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9000\r\n\r\nhalf")
        client.finishSending()
        harness.settle()
        harness.advanceInSeconds(by: 3)
        #expect(client.isClosed && harness.server.connectionCount == 0)
    }

    @Test func `a client that has its answer and sends no more is closed`() throws {
        let harness = try ServerHarness()
        let client = harness.send(post("/", "hello"))
        client.finishSending()
        harness.run { client.answers().count == 1 }
        harness.advanceInSeconds(by: 3)
        #expect(client.isClosed && harness.server.connectionCount == 0)
    }

    @Test func `a suspended request is answered however long ago its client sent the last byte`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        client.finishSending()
        harness.run { harness.server.waitingCount == 1 }
        harness.advanceInSeconds(by: 5)
        harness.service.answerSuspended()
        harness.run { client.answers().count == 1 || client.isClosed }
        #expect(client.answers().count == 1)
        harness.advanceInSeconds(by: 3)
        #expect(client.isClosed && harness.server.connectionCount == 0)
    }

    @Test func `an answer that is read slowly is sent to its end`() throws {
        let large = [UInt8](repeating: 0, count: 16 << 20)
        let harness = try ServerHarness { $0.respond(HTTPResponse(status: 200, body: large)) }
        let client = RawClient(to: harness.server.endpoint)
        client.send(get("/"))
        client.finishSending()
        harness.run { harness.server.counters.answers == 1 }
        harness.advanceInSeconds(by: 5)
        harness.clients.append(client)
        harness.run { client.isClosed || client.received.count > large.count }
        #expect(client.answers().first?.body.count == large.count)
    }

    @Test func `pipelined requests are all answered although no more will come`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send((0..<20).map { post("/\($0)", "x") }.joined())
        client.finishSending()
        for index in 0..<20 {
            harness.run { harness.server.waitingCount == 1 || client.isClosed }
            // The round in which one is answered and the next has not begun looks for those that left, too.
            harness.now = harness.now + .seconds(2)
            harness.service.answerSuspended("\(index)")
            harness.server.poll(at: harness.now)
            harness.server.poll(at: harness.now)
        }
        harness.run { client.answers().count == 20 || client.isClosed }
        #expect(client.answers().map(\.text) == (0..<20).map(String.init))
    }

    @Test(arguments: ["GET /\u{1} x y z\r\n\r\n", "GET / HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\n"])
    func `a request that libmicrohttpd refuses by itself gets that answer`(request: String) throws {
        let harness = try ServerHarness()
        let client = harness.send(String(request.prefix(4)))
        harness.settle()
        harness.now = harness.now + .seconds(10)
        client.send(String(request.dropFirst(4)))
        client.finishSending()
        harness.run { client.isClosed }
        #expect(!client.received.isEmpty)
    }

    @Test func `a request that comes after a long silence with its end is answered`() throws {
        let harness = try ServerHarness()
        let client = harness.connect()
        for count in 1...3 {
            client.send(get("/"))
            if count == 3 { client.finishSending() }
            harness.run { client.answers().count == count || client.isClosed }
            harness.now = harness.now + .seconds(10)
        }
        #expect(client.answers().count == 3)
    }

    @Test func `clients that only pause are left alone`() throws {
        let harness = try ServerHarness()
        let idle = harness.send(get("/"))
        let reading = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhalf")
        harness.run { idle.answers().count == 1 }
        harness.advanceInSeconds(by: 5)
        reading.send("whole")
        idle.send(get("/"))
        harness.run { idle.answers().count == 2 && reading.answers().count == 1 }
    }

    @Test func `a server wakes each second while a connection is open and not at all afterwards`() throws {
        let harness = try ServerHarness()
        let client = harness.send(get("/"))
        harness.run { client.answers().count == 1 }
        harness.settle()
        for _ in 0..<3 {
            #expect(harness.server.nextDeadline(after: harness.now) == harness.now + .seconds(1))
            harness.advanceInSeconds(by: 1)
        }
        client.disconnect()
        harness.run { harness.server.connectionCount == 0 }
        harness.settle()
        #expect(harness.server.nextDeadline(after: harness.now) == nil)
    }
}

extension ServerHarness {
    /// Moves the clock as a loop would find it that wakes each second.
    fileprivate func advanceInSeconds(by seconds: Int) {
        for _ in 0..<seconds {
            now = now + .seconds(1)
            settle()
        }
    }
}
