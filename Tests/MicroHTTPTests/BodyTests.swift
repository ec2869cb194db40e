import Clocks
import MicroHTTP
import Testing

struct BodyTests {
    @Test func `an empty body is a body`() throws {
        var count = -1
        let harness = try ServerHarness { exchange in
            count = exchange.withBody { $0.byteCount }
            exchange.respond(HTTPResponse(status: 200))
        }
        #expect(try harness.answer(to: post("/", "")).status == 200)
        #expect(count == 0)
    }

    @Test func `a chunked body is put together`() throws {
        let harness = try ServerHarness(answering: echo)
        let chunks = "5\r\nhello\r\n1;name=value\r\n \r\n5\r\nworld\r\n0\r\nTrailer: x\r\n\r\n"
        #expect(try harness.answer(to: chunked(chunks)).text == "hello world")
    }

    @Test func `a body that arrives byte by byte is put together`() throws {
        let harness = try ServerHarness(answering: echo)
        let client = harness.connect()
        for byte in post("/", "hello").utf8 {
            client.send([byte])
            harness.settle()
        }
        harness.run { client.answers().count == 1 }
        #expect(client.answers().first?.text == "hello")
    }

    @Test func `a body of exactly the limit is accepted`() throws {
        let harness = try ServerHarness(answering: echo)
        let body = String(repeating: "x", count: 1_232)
        #expect(try harness.answer(to: post("/", body)).text == body)
    }

    @Test func `a body announced too large is read, dropped and refused, and the connection goes on`() throws {
        let harness = try ServerHarness()
        let client = harness.send(post("/", String(repeating: "x", count: 1_233)) + get("/"))
        harness.run { client.answers().count == 2 }
        #expect(client.answers().map(\.status) == [413, 200])
        #expect(harness.service.faults == [.bodyTooLarge(limit: 1_232)])
        #expect(harness.server.counters.refusals == 1)
    }

    @Test func `nothing of a body announced too large is stored`() throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n")
        client.send([UInt8](repeating: 0, count: 500_000))
        harness.run { client.hasSentAll }
        harness.settle()
        #expect(harness.server.bodiesBytes == 0)
        #expect(client.received.isEmpty)
    }

    @Test func `a chunked body is refused at the first byte over the limit`() throws {
        let harness = try ServerHarness()
        let client = harness.send(chunked("4d0\r\n" + String(repeating: "x", count: 1_232) + "\r\n"))
        harness.run { harness.server.bodiesBytes > 0 }
        client.send("1\r\nx\r\n")
        harness.run { harness.service.faults == [.bodyTooLarge(limit: 1_232)] }
        #expect(harness.server.bodiesBytes == 0)
        client.send("0\r\n\r\n")
        harness.run { client.answers().count == 1 }
        #expect(client.answers().first?.status == 413)
    }

    @Test func `Expect 100-continue is invited when the body will be accepted`() throws {
        let harness = try ServerHarness(answering: echo)
        let client = harness.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        harness.run { client.answers().map(\.status) == [100] }
        client.send("hello")
        harness.run { client.answers().count == 2 }
        #expect(client.answers().last?.text == "hello")
    }

    @Test func `Expect 100-continue is refused at once when the body is too large`() throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n")
        harness.run { client.isClosed }
        #expect(client.answers().map(\.status) == [413])
    }

    @Test func `an ignored body is dropped and the service asked`() throws {
        let harness = try ServerHarness(answering: echo, rule: { _ in .ignore })
        #expect(try harness.answer(to: post("/", "hello")).text == "")
    }

    @Test func `a refused request keeps its connection when it has no body`() throws {
        let harness = try ServerHarness(rule: { _ in .refuse(HTTPResponse(status: 404)) })
        let client = harness.send(get("/a") + get("/b"))
        harness.run { client.answers().count == 2 }
        #expect(client.answers().map(\.status) == [404, 404])
        #expect(harness.server.connectionCount == 1)
    }

    @Test func `a refused body is dropped before the answer`() throws {
        let harness = try ServerHarness(rule: { _ in .refuse(HTTPResponse(status: 405)) })
        let client = harness.send(post("/", "hello") + get("/"))
        harness.run { client.answers().count == 2 }
        #expect(client.answers().map(\.status) == [405, 405])
    }

    @Test func `a body announced beyond what would be dropped is refused at once and the connection closes`() throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 17000000\r\n\r\n")
        harness.run { client.isClosed }
        #expect(client.answers().map(\.status) == [413])
    }

    @Test func `a chunked body beyond what would be dropped closes the connection`() throws {
        let harness = try ServerHarness()
        let client = harness.send(chunked(""))
        let piece = Array("100000\r\n".utf8) + [UInt8](repeating: 0, count: 1 << 20) + Array("\r\n".utf8)
        var pieces = 0
        harness.run {
            if client.hasSentAll, !client.isClosed {
                client.send(piece)
                pieces += 1
            }
            return client.isClosed
        }
        #expect((16...24).contains(pieces))
        #expect(client.received.isEmpty)
        #expect(harness.server.counters.abandoned == 1)
    }

    @Test func `a length that is never sent reserves little`() throws {
        let harness = try ServerHarness(rule: { _ in .accept(upTo: 16 << 20) })
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 16000000\r\n\r\nx")
        harness.run { harness.server.bodiesBytes > 0 }
        #expect(harness.server.bodiesBytes < 20_000)
        #expect(client.received.isEmpty)
    }

    @Test func `bodies in progress are bounded all together`() throws {
        var limits = HTTPLimits()
        limits.maximumBodiesBytes = 150_000
        let harness = try ServerHarness(limits: limits, rule: { _ in .accept(upTo: 100_000) })
        let head = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n"
        let first = harness.send(head)
        first.send([UInt8](repeating: 0, count: 99_999))
        harness.run { harness.server.bodiesBytes >= 99_999 }
        let second = harness.send(head)
        second.send([UInt8](repeating: 0, count: 100_000))
        harness.run { second.answers().count == 1 }
        #expect(second.answers().first?.status == 503)
        first.send([0])
        harness.run { first.answers().count == 1 }
        #expect(first.answers().first?.status == 200)
        #expect(harness.server.bodiesBytes == 0)
    }

    @Test func `a large body arrives whole`() throws {
        let harness = try ServerHarness(answering: echo, rule: { _ in .accept(upTo: 8 << 20) })
        let body = (0..<(4 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n\r\n")
        client.send(body)
        harness.run { client.answers().count == 1 }
        #expect(client.answers().first?.body == body)
    }
}

private func echo(_ exchange: Exchange) {
    let body = exchange.withBody { $0.withUnsafeBytes { Array($0) } }
    exchange.respond(HTTPResponse(status: 200, body: body))
}

private func chunked(_ chunks: String) -> String {
    "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)"
}
