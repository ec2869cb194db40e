import Clocks
import Glibc
import MicroHTTP
import Testing

struct BodyStreamTests {
    /// A server all of whose answers have a body that a test writes.
    private final class Streaming {
        let harness: ServerHarness
        private(set) var stream: BodyStream?
        /// How often more was wanted.
        private(set) var askedCount = 0
        /// What is written at once when more is wanted.
        var more: (BodyStream) -> Void = { _ in }

        init(limits: HTTPLimits = HTTPLimits()) throws {
            harness = try ServerHarness(limits: limits)
            harness.service.answer = { [unowned self] exchange in
                let stream = BodyStream { [unowned self] stream in
                    askedCount += 1
                    more(stream)
                }
                self.stream = stream
                exchange.respond(HTTPResponse(status: 200, contentType: "text/plain"), with: stream)
            }
        }

        func release() { stream = nil }

        /// Goes on until the kernel takes no more of what the client does not read.
        func fill() {
            var before = -1
            while before < askedCount {
                before = askedCount
                for _ in 0..<100 { harness.step() }
            }
        }
    }

    /// The body of the first answer, its chunks put together (RFC 9112, section 7.1); nil while it is not complete.
    private func body(_ client: RawClient) -> [UInt8]? {
        guard let head = client.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var rest = client.received[head.upperBound...]
        var body: [UInt8] = []
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16) else {
                return nil
            }
            if count == 0 { return body }
            guard rest.endIndex >= line.upperBound + count + 2 else { return nil }
            body += rest[line.upperBound..<line.upperBound + count]
            rest = rest[(line.upperBound + count + 2)...]
        }
        return nil
    }

    @Test func `a body is sent as it is written, and the connection goes on`() throws {
        let streaming = try Streaming()
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { streaming.askedCount == 1 }
        let stream = try #require(streaming.stream)
        stream.write(Array("hello ".utf8))
        streaming.harness.run { streaming.askedCount == 2 }
        #expect(String(decoding: client.received, as: UTF8.self).contains("hello "))
        #expect(body(client) == nil)
        stream.write(Array("world".utf8))
        stream.end()
        streaming.harness.run { body(client) != nil }
        #expect(body(client) == Array("hello world".utf8))
        streaming.harness.settle()
        #expect(stream.isGone && streaming.harness.server.openRequestCount == 0)
        streaming.harness.service.answer = { $0.respond(HTTPResponse(status: 204)) }
        client.send(get("/"))
        streaming.harness.run { String(decoding: client.received, as: UTF8.self).contains(" 204 ") }
    }

    @Test func `a large body that is written when it is asked for arrives whole`() throws {
        let streaming = try Streaming()
        let pieces = (0..<100).map { [UInt8](repeating: UInt8($0), count: 30_011) }
        streaming.more = { [unowned streaming] stream in
            guard streaming.askedCount <= pieces.count else { return stream.end() }
            stream.write(pieces[streaming.askedCount - 1])
        }
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { client.received.suffix(5).elementsEqual("0\r\n\r\n".utf8) }
        let isWhole = body(client) == Array(pieces.joined())
        #expect(isWhole)
    }

    @Test func `what is not read is not asked for`() throws {
        let streaming = try Streaming()
        streaming.more = { $0.write([UInt8](repeating: 0, count: 1 << 20)) }
        let client = RawClient(to: streaming.harness.server.endpoint)
        client.send(get("/"))
        streaming.harness.run { streaming.askedCount > 0 }
        streaming.fill()
        // What the kernel takes of a connection that nobody reads is bounded.
        #expect(streaming.askedCount < 32)
        client.reset()
        streaming.harness.run { streaming.harness.server.connectionCount == 0 }
    }

    @Test func `a body without a byte is a body`() throws {
        let streaming = try Streaming()
        streaming.more = { $0.end() }
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { body(client) != nil }
        #expect(body(client) == [])
    }

    @Test func `a body that broke off has no end`() throws {
        let streaming = try Streaming()
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { streaming.askedCount == 1 }
        streaming.stream?.write(Array("hello".utf8))
        streaming.harness.run { streaming.askedCount == 2 }
        streaming.stream?.breakOff()
        streaming.harness.run { client.isClosed }
        #expect(String(decoding: client.received, as: UTF8.self).contains("hello"))
        #expect(body(client) == nil)
    }

    @Test func `HEAD gets no body, and nothing is asked for`() throws {
        let streaming = try Streaming()
        let client = streaming.harness.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
        streaming.harness.run { client.answers(toHead: true).count == 1 }
        streaming.harness.settle()
        client.move()
        // Nothing that another answer could be taken to begin with, not even a last chunk.
        #expect(client.received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound == client.received.endIndex)
        #expect(streaming.askedCount == 0)
        #expect(streaming.stream?.isGone == true)
    }

    @Test func `a client of HTTP 1.0 reads to the end of the connection`() throws {
        let streaming = try Streaming()
        streaming.more = { stream in
            stream.write(Array("hello".utf8))
            stream.end()
        }
        let client = streaming.harness.send("GET / HTTP/1.0\r\nHost: test\r\n\r\n")
        streaming.harness.run { client.isClosed }
        #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("\r\n\r\nhello"))
    }

    @Test func `a request that was suspended may be answered with a stream`() throws {
        let streaming = try Streaming()
        streaming.harness.service.suspendAll()
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { streaming.harness.server.waitingCount == 1 }
        let stream = BodyStream { $0.end() }
        stream.write(Array("hello".utf8))
        streaming.harness.service.suspended.first?.respond(HTTPResponse(status: 200), with: stream)
        streaming.harness.service.suspended = []
        streaming.harness.run { body(client) != nil }
        #expect(body(client) == Array("hello".utf8))
    }

    @Test(arguments: [false, true])
    func `a client that leaves frees the stream`(waits: Bool) throws {
        weak var kept: BodyStream?
        let streaming = try Streaming()
        streaming.more = { stream in if !waits { stream.write([UInt8](repeating: 0, count: 65_536)) } }
        let client = RawClient(to: streaming.harness.server.endpoint)
        client.send(get("/"))
        streaming.harness.run { streaming.askedCount > 0 }
        kept = streaming.stream
        client.reset()
        // Its leaving is seen once something is written.
        streaming.stream?.write([1])
        streaming.harness.run { streaming.harness.server.connectionCount == 0 }
        streaming.stream?.write([2])
        streaming.stream?.end()
        streaming.release()
        #expect(kept == nil && streaming.harness.service.liveCount == 0)
    }

    @Test func `a client that does not read is left after the idle timeout, one that waits for us is not`() throws {
        let streaming = try Streaming()
        let client = streaming.harness.send(get("/"))
        streaming.harness.run { streaming.askedCount == 1 }
        streaming.harness.now = streaming.harness.now + .seconds(3_600)
        streaming.harness.settle()
        #expect(!client.isClosed)
        streaming.more = { $0.write([UInt8](repeating: 0, count: 1 << 20)) }
        streaming.stream?.write([0])
        streaming.fill()
        streaming.harness.now = streaming.harness.now + .seconds(61)
        streaming.harness.step()
        #expect(streaming.harness.server.counters.timeouts == 1)
    }

    @Test(arguments: [false, true])
    func `stopping the server frees the stream`(waits: Bool) throws {
        weak var kept: BodyStream?
        let streaming = try Streaming()
        streaming.more = { stream in if !waits { stream.write([UInt8](repeating: 0, count: 1 << 20)) } }
        let client = RawClient(to: streaming.harness.server.endpoint)
        client.send(get("/"))
        streaming.harness.run { streaming.askedCount > 0 }
        kept = streaming.stream
        streaming.release()
        streaming.harness.server.stop()
        #expect(kept == nil && streaming.harness.service.liveCount == 0)
    }
}
