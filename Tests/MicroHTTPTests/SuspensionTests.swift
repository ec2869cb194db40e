import Clocks
import Glibc
import MicroHTTP
import Testing

struct SuspensionTests {
    @Test func `a suspended request is answered when its service says so`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        harness.settle()
        #expect(client.received.isEmpty)
        harness.service.answerSuspended()
        #expect(harness.server.waitingCount == 0)
        harness.run { client.answers().count == 1 }
        #expect(client.answers().first?.status == 201)
    }

    @Test func `an answer leaves with the next poll`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        harness.service.answerSuspended()
        harness.server.poll(at: harness.now)
        client.move()
        #expect(client.answers().count == 1)
    }

    @Test func `a resumption makes a poll due`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        _ = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        harness.settle()
        #expect(harness.server.nextDeadline(after: harness.now) != harness.now)
        harness.service.answerSuspended()
        #expect(harness.server.nextDeadline(after: harness.now) == harness.now)
    }

    @Test func `a request may be suspended and answered before its service returns`() throws {
        let harness = try ServerHarness { exchange in
            exchange.suspend()
            exchange.respond(HTTPResponse(status: 202))
        }
        #expect(try harness.answer(to: get("/")).status == 202)
        #expect(harness.server.waitingCount == 0)
    }

    @Test func `the body is there until the answer`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        _ = harness.send(post("/path", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        let exchange = try #require(harness.service.suspended.first)
        #expect(
            exchange.path == "/path" && exchange.header("host") == "test" && exchange.withBody { $0.byteCount } == 5)
        exchange.releaseBody()
        #expect(exchange.withBody { $0.byteCount } == 0 && harness.server.bodiesBytes == 0)
    }

    @Test func `pipelined requests wait for the one before them`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send((0..<20).map { post("/\($0)", "x") }.joined())
        for index in 0..<20 {
            harness.run { harness.server.waitingCount == 1 }
            #expect(harness.service.suspended.count == 1)
            #expect(harness.service.suspended.first?.path == "/\(index)")
            harness.service.answerSuspended("\(index)")
        }
        harness.run { client.answers().count == 20 }
        #expect(client.answers().map(\.text) == (0..<20).map(String.init))
    }

    @Test(arguments: [1, 64, 127, 128, 129, 256, 1_000])
    func `every connection is answered in the same round, however many`(count: Int) throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        for round in 1...3 {
            if round == 1 {
                for _ in 0..<count {
                    _ = harness.send(post("/", "x"))
                    if harness.clients.count % 100 == 0 { harness.settle() }
                }
            } else {
                for client in harness.clients { client.send(post("/", "x")) }
            }
            harness.run { harness.server.waitingCount == count }
            harness.service.answerSuspended()
            harness.run { harness.clients.allSatisfy { $0.answers().count == round } }
        }
        #expect(harness.server.counters.answers == 3 * count)
    }

    @Test func `beyond the cap nothing is suspended`() throws {
        var limits = HTTPLimits()
        limits.maximumWaiting = 2
        let harness = try ServerHarness(limits: limits)
        harness.service.suspendAll()
        for _ in 0..<2 { _ = harness.send(get("/")) }
        harness.run { harness.server.waitingCount == 2 }
        #expect(!harness.server.canSuspend)
        #expect(try harness.answer(to: get("/")).status == 503)
        harness.service.answerSuspended()
        #expect(harness.server.canSuspend)
    }

    @Test(arguments: [false, true])
    func `a client that leaves while suspended leaks nothing`(resets: Bool) throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        if resets { client.reset() } else { client.disconnect() }
        harness.settle()
        harness.service.answerSuspended(String(repeating: "x", count: 1 << 20))
        harness.run { harness.server.connectionCount == 0 }
        #expect(harness.service.liveCount == 0)
        #expect(harness.server.bodiesBytes == 0 && harness.server.waitingCount == 0)
    }

    @Test func `a client that has closed its sending side while suspended gets its answer`() throws {
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(post("/", "hello"))
        harness.run { harness.server.waitingCount == 1 }
        client.finishSending()
        harness.settle()
        harness.service.answerSuspended()
        harness.run { client.answers().count == 1 || client.isClosed }
        #expect(client.answers().count == 1)
    }

    @Test func `a client that leaves in the middle of its body leaks nothing`() throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nhello")
        harness.run { harness.server.bodiesBytes > 0 }
        #expect(harness.service.liveCount == 1)
        client.disconnect()
        harness.run { harness.server.connectionCount == 0 }
        #expect(harness.service.liveCount == 0)
        #expect(harness.server.bodiesBytes == 0)
        #expect(harness.server.counters.abandoned == 1)
    }

    @Test func `a client that leaves in the middle of its answer neither kills nor leaks`() throws {
        let large = [UInt8](repeating: 0, count: 32 << 20)
        let harness = try ServerHarness { $0.respond(HTTPResponse(status: 200, body: large)) }
        let client = RawClient(to: harness.server.endpoint)
        client.send(get("/"))
        harness.run { harness.server.counters.answers == 1 }
        client.reset()
        harness.run { harness.server.connectionCount == 0 }
        #expect(harness.service.liveCount == 0)
    }

    @Test func `an attachment goes with its exchange`() throws {
        final class Attachment {}
        weak var kept: Attachment?
        let harness = try ServerHarness { exchange in
            let attachment = Attachment()
            kept = attachment
            exchange.attachment = attachment
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("/"))
        harness.settle()
        #expect(kept == nil)
    }
}
