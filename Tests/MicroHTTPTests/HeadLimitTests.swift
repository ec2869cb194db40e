import MicroHTTP
import Testing

struct HeadLimitTests {
    @Test(arguments: [2_048, 16_384, 40_000])
    func `a head of any size is answered or refused, never neither`(limit: Int) throws {
        var limits = HTTPLimits()
        limits.headerBytes = limit
        var (served, refused) = (0, 0)
        for count in stride(from: limit - 300, through: limit + 1_700, by: 10) {
            let status = try status(of: head(of: count), limits: limits)
            if status == 200 { served += 1 } else { refused += 1 }
            #expect([200, 431].contains(status), "\(count) bytes")
        }
        #expect(served > 0 && refused > 0)
    }

    @Test func `any number of headers is answered or refused, never neither`() throws {
        for count in 0..<400 {
            let headers = (0..<count).map { "a\($0): b\r\n" }.joined()
            let status = try status(of: post("/", "hello", headers))
            #expect(status == (count + 2 <= 96 ? 200 : 431), "\(count) headers")
        }
    }

    /// Far beyond the limit libmicrohttpd, out of memory for cookies, closes by itself.
    @Test func `a request with any number of cookies is answered if its service hears of it`() throws {
        for count in stride(from: 1, to: 400, by: 3) {
            let cookies = (0..<count).map { "a\($0)=\(String(repeating: "b", count: 20))" }.joined(separator: "; ")
            let harness = try ServerHarness()
            let client = harness.send(post("/", "hello", "Cookie: \(cookies)\r\n"))
            harness.run { client.answers().count == 1 || client.isClosed }
            let expected = harness.service.seen.isEmpty ? [nil, 431] : [200]
            #expect(expected.contains(client.answers().first?.status), "\(count) cookies")
        }
    }

    @Test func `any number of trailers is answered or refused, never neither`() throws {
        for count in stride(from: 0, to: 400, by: 3) {
            let trailers = (0..<count).map { "a\($0): b\r\n" }.joined()
            let text =
                "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\(trailers)\r\n"
            #expect([200, 431].contains(try status(of: text)), "\(count) trailers")
        }
    }

    @Test(arguments: [0, 40, 80, 93])
    func `requests that were read along with others are answered`(count: Int) throws {
        let harness = try ServerHarness()
        let headers = (0..<count).map { "a\($0): b\r\n" }.joined()
        let client = harness.send(String(repeating: post("/", "hello", headers), count: 50))
        harness.run { client.answers().count == 50 || client.isClosed }
        #expect(client.answers().count == 50)
    }

    @Test func `a head too large is refused in the service's words before it is asked`() throws {
        let harness = try ServerHarness()
        let answer = try harness.answer(to: head(of: 16_600))
        #expect(answer.status == 431 && answer.headers["connection"] == "close")
        #expect(answer.text == "headTooLarge(limit: 16384)\n")
        #expect(harness.service.faults == [.headTooLarge(limit: 16_384)] && harness.service.seen.isEmpty)
    }

    private func head(of count: Int) -> String {
        let rest = post("/", "", "X-Large: \r\n")
        return post("/", "", "X-Large: \(String(repeating: "x", count: count - rest.utf8.count))\r\n")
    }

    /// The status of the answer; 0 when the connection was closed without one.
    private func status(of text: String, limits: HTTPLimits = HTTPLimits()) throws -> Int {
        let harness = try ServerHarness(limits: limits)
        let client = harness.send(text)
        harness.run { client.answers().count == 1 || client.isClosed }
        return client.answers().first?.status ?? 0
    }
}
