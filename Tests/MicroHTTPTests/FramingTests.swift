import Clocks
import MicroHTTP
import Testing

struct FramingTests {
    @Test(arguments: [
        ("Content-Length: 5\r\nContent-Length: 5\r\n", 400),
        ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Content-Length : 5\r\n", 400),
        ("Content-Length\t: 5\r\n", 400),
        ("Transfer-Encoding: gzip\r\n", 501),
        ("Transfer-Encoding: gzip, chunked\r\n", 501),
    ])
    func `a body whose end is ambiguous is refused and the connection closed`(headers: String, status: Int) throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\n\(headers)\r\nhello")
        harness.run { client.isClosed }
        #expect(client.answers().map(\.status) == [status])
        #expect(harness.service.seen.isEmpty)
    }

    @Test(arguments: ["-1", "+5", "5x", "0x5", "", "99999999999999999999", "5, 5", "5 5"])
    func `a Content-Length that is not a number is refused`(value: String) throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: \(value)\r\n\r\nhello")
        harness.run { client.isClosed }
        #expect([400, 413].contains(client.answers().first?.status))
        #expect(harness.service.seen.isEmpty)
    }

    @Test func `HTTP 1.0 with a transfer coding is refused`() throws {
        let harness = try ServerHarness()
        let request = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        #expect(try harness.answer(to: request).status == 400)
    }

    @Test func `a zero byte in the target is refused`() throws {
        let harness = try ServerHarness()
        #expect(try harness.answer(to: get("/publish/orders\0x")).status == 400)
        #expect(try harness.answer(to: get("/publish?a=\0x")).status == 400)
        #expect(harness.service.seen.isEmpty)
    }

    @Test(arguments: ["zz\r\nhello\r\n", "-1\r\n", "fffffffffffffffff\r\n", ";\r\n", "5\r\nhelloworld\r\n"])
    func `a malformed chunk is refused and the connection closed`(chunk: String) throws {
        let harness = try ServerHarness()
        let client = harness.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)")
        harness.run { client.isClosed }
        #expect([400, 413].contains(client.answers().first?.status))
        #expect(harness.service.liveCount == 0)
    }

    @Test func `HTTP 1.1 without Host is refused`() throws {
        let harness = try ServerHarness()
        #expect(try harness.answer(to: "GET / HTTP/1.1\r\n\r\n").status == 400)
    }

    @Test func `a target that does not fit is refused`() throws {
        let harness = try ServerHarness()
        #expect(try harness.answer(to: get("/" + String(repeating: "x", count: 100_000))).status == 414)
    }

    @Test func `a header that does not fit is refused`() throws {
        let harness = try ServerHarness()
        let header = "X-Large: \(String(repeating: "x", count: 100_000))\r\n"
        #expect(try harness.answer(to: get("/", header)).status == 431)
    }

    @Test func `ten thousand headers are refused`() throws {
        let harness = try ServerHarness()
        let headers = (0..<10_000).map { "X-\($0): y\r\n" }.joined()
        #expect(try harness.answer(to: get("/", headers)).status == 431)
    }

    @Test func `a head of just under the limit is served`() throws {
        let harness = try ServerHarness()
        let header = "X-Large: \(String(repeating: "x", count: 12_000))\r\n"
        #expect(try harness.answer(to: get("/", header)).status == 200)
    }

    @Test func `garbage neither crashes nor leaks`() throws {
        let harness = try ServerHarness(rule: { _ in .accept(upTo: 100) })
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "GET ", "POST ", "/", " HTTP/1.1", "\r\n", "\r\n\r\n", "Host: x\r\n", "Content-Length: 5\r\n", "\0", ": ",
            "%zz",
            "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", "?a=b&c", "\n", "Expect: 100-continue\r\n", "\u{7F}é",
        ]
        for _ in 0..<300 {
            let client = harness.connect()
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                if Bool.random(using: &random) {
                    client.send(pieces.randomElement(using: &random) ?? "")
                } else {
                    client.send(
                        (0..<Int.random(in: 1...64, using: &random)).map { _ in .random(in: 0...255, using: &random) })
                }
                harness.step()
            }
        }
        harness.settle()
        #expect(try harness.answer(to: get("/")).status == 200)
        for client in harness.clients { client.reset() }
        harness.run { harness.server.connectionCount == 0 }
        #expect(harness.service.liveCount == 0)
        #expect(harness.server.bodiesBytes == 0)
    }
}
