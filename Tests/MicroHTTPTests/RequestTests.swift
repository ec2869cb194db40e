import Clocks
import MicroHTTP
import Testing

struct RequestTests {
    @Test func `a request is answered with status, headers and body`() throws {
        let harness = try ServerHarness { exchange in
            var response = HTTPResponse(
                status: 201, contentType: "application/json", headers: [("Retry-After", "7")],
                body: Array("{}\n".utf8))
            response.location = "/messages/1"
            exchange.respond(response)
        }
        let answer = try harness.answer(to: post("/publish/orders", "hello"))
        #expect(answer.status == 201)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(answer.headers["location"] == "/messages/1")
        #expect(answer.headers["retry-after"] == "7")
        #expect(answer.text == "{}\n")
    }

    @Test func `method, path and body arrive as they were sent`() throws {
        var seen: [String] = []
        let harness = try ServerHarness { exchange in
            seen = [exchange.methodName, exchange.path]
            exchange.withBody { seen.append($0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) }
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: post("/publish/a%2Fb?x=1+2&y=%26&z", "he\0llo"))
        #expect(seen == ["POST", "/publish/a%2Fb", "he\0llo"])
    }

    @Test func `every header is walked over in order, as it was sent`() throws {
        var seen: [String] = []
        func text(_ bytes: Span<UInt8>) -> String { String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
        let harness = try ServerHarness { exchange in
            exchange.forEachHeader { name, value in
                seen.append("\(text(name))=\(text(value))")
            }
            exchange.respond(HTTPResponse(status: 200))
            exchange.forEachHeader { _, _ in seen.append("answered") }
        }
        _ = try harness.answer(to: "GET / HTTP/1.1\r\nHost: x\r\nCe-Id: é \r\nX-None:\r\nce-id: 2\r\n\r\n")
        #expect(seen.prefix(4) == ["Host=x", "Ce-Id=é", "X-None=", "ce-id=2"])
    }

    @Test func `path parts and query items are decoded`() throws {
        var parts: [String] = []
        var items: [QueryItems.Item] = []
        let harness = try ServerHarness { exchange in
            parts = (try? exchange.pathParts()) ?? []
            items = (try? exchange.queryItems().items) ?? []
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("/publish/a%2Fb?x=1+2&y=%26&z"))
        #expect(parts == ["publish", "a/b"])
        #expect(items == [.init(name: "x", value: "1 2"), .init(name: "y", value: "&"), .init(name: "z", value: nil)])
    }

    @Test func `a bad escape in the path does not keep the request from its service`() throws {
        var fault: (any Error)?
        let harness = try ServerHarness { exchange in
            do { _ = try exchange.pathParts() } catch { fault = error }
            exchange.respond(HTTPResponse(status: 400))
        }
        #expect(try harness.answer(to: get("/publish/%zz")).status == 400)
        #expect(fault as? TargetFault == .badEscape(in: "%zz"))
    }

    @Test(arguments: [
        ("GET", HTTPMethod.get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
        ("OPTIONS", .options), ("PATCH", .patch), ("BREW", .other), ("GETS", .other), ("get", .other),
    ])
    func `a method is known by its exact name`(name: String, method: HTTPMethod) throws {
        var seen: HTTPMethod?
        let harness = try ServerHarness { exchange in
            seen = exchange.method
            exchange.respond(HTTPResponse(status: 204))
        }
        _ = try harness.answer(to: "\(name) / HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(seen == method)
    }

    @Test func `the absolute form of a target is taken for its path`() throws {
        var paths: [String] = []
        let harness = try ServerHarness { exchange in
            paths.append(exchange.path)
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("http://gateway:8080/publish/orders?x=1"))
        _ = try harness.answer(to: get("http://gateway:8080"))
        #expect(paths == ["/publish/orders", ""])
    }

    @Test func `headers are found whatever their case`() throws {
        var values: [String?] = []
        let harness = try ServerHarness { exchange in
            values = [exchange.header("Content-Type"), exchange.header("x-none")]
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("/", "cOnTeNt-tYpE: text/plain\r\n"))
        #expect(values == ["text/plain", nil])
    }

    @Test func `watched headers are known by a bit, prefixes included`() throws {
        var bits: [Bool] = []
        let harness = try ServerHarness(watching: ["Cache-Control", "Headcast-", "Accept"]) { exchange in
            bits = (0..<4).map(exchange.hasWatched)
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("/", "headcast-Copies: 3\r\nCACHE-control: no-cache\r\nAccept-Language: de\r\n"))
        #expect(bits == [true, true, false, false])
    }

    @Test func `a watched header may have a value with which it counts as absent`() throws {
        var bits: [Bool] = []
        let type = WatchedHeader("Content-Type", unless: "application/x-www-form-urlencoded")
        let harness = try ServerHarness(watching: ["x-", type]) { exchange in
            bits.append(exchange.hasWatched(1))
            exchange.respond(HTTPResponse(status: 200))
        }
        for value in ["Application/X-WWW-Form-urlencoded", "application/json", "application/x-www-form-urlencoded;"] {
            _ = try harness.answer(to: get("/", "content-TYPE: \(value)\r\n"))
        }
        #expect(bits == [false, true, true])
    }

    @Test func `a range of watched headers is asked for at once`() throws {
        var ranges: [Bool] = []
        let harness = try ServerHarness(watching: ["a", "b", "c", "d"]) { exchange in
            ranges = [0..<1, 0..<2, 1..<2, 2..<3, 2..<4, 3..<4, 0..<4].map { exchange.hasWatched($0) }
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: get("/", "C: 1\r\n"))
        #expect(ranges == [false, false, false, true, true, false, true])
    }

    @Test func `a connection serves one request after the other`() throws {
        let harness = try ServerHarness()
        let client = harness.connect()
        for count in 1...3 {
            client.send(get("/"))
            harness.run { client.answers().count == count }
        }
        #expect(harness.server.connectionCount == 1)
        #expect(harness.server.counters.answers == 3)
    }

    @Test func `pipelined requests are answered in their order`() throws {
        let harness = try ServerHarness { exchange in
            exchange.respond(HTTPResponse(status: 200, body: Array(exchange.path.utf8)))
        }
        let client = harness.send((0..<50).map { get("/\($0)") }.joined())
        harness.run { client.answers().count == 50 }
        #expect(client.answers().map(\.text) == (0..<50).map { "/\($0)" })
    }

    @Test func `HEAD gets the headers of the answer and no body`() throws {
        let harness = try ServerHarness()
        let client = harness.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
        harness.run { client.answers(toHead: true).count == 1 }
        harness.settle()
        #expect(client.answers(toHead: true).first?.headers["content-length"] == "3")
        #expect(client.received.suffix(4) == Array("\r\n\r\n".utf8)[...])
    }

    @Test func `an HTTP 1.0 client gets its answer and the end of the connection`() throws {
        let harness = try ServerHarness()
        let client = harness.send("GET / HTTP/1.0\r\n\r\n")
        harness.run { client.isClosed }
        #expect(client.answers().first?.text == "ok\n")
    }

    @Test func `an answer larger than the socket's buffers arrives whole`() throws {
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
        let harness = try ServerHarness { $0.respond(HTTPResponse(status: 200, body: large)) }
        let answer = try harness.answer(to: get("/"))
        #expect(answer.body.count == large.count)
    }

    @Test func `a service that neither answers nor suspends is answered for`() throws {
        let harness = try ServerHarness { _ in }
        #expect(try harness.answer(to: get("/")).status == 500)
        #expect(harness.service.faults == [.unanswered])
    }

    @Test func `a second answer is refused`() throws {
        var results: [Bool] = []
        let harness = try ServerHarness { exchange in
            results = (0..<2).map { _ in exchange.respond(HTTPResponse(status: 200)) }
        }
        _ = try harness.answer(to: get("/"))
        #expect(results == [true, false])
    }

    @Test func `an exchange that is over knows nothing any more`() throws {
        var kept: Exchange?
        let harness = try ServerHarness(watching: ["host"]) { exchange in
            kept = exchange
            exchange.respond(HTTPResponse(status: 200))
        }
        _ = try harness.answer(to: post("/path", "body"))
        harness.settle()
        let exchange = try #require(kept)
        #expect(
            exchange.isGone && exchange.path.isEmpty && exchange.withBody { $0.byteCount } == 0
                && exchange.header("Host") == nil)
        #expect(exchange.respond(HTTPResponse(status: 200)) == false)
    }

    @Test(arguments: ["[::1]:0", "[::]:0", "0.0.0.0:0"])
    func `a server answers on IPv6 and on all addresses`(endpoint: String) throws {
        let harness = try ServerHarness(listening: endpoint)
        #expect(try harness.answer(to: get("/")).status == 200)
    }
}
