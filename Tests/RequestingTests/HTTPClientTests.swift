import Dispatch
import Endpoints
import Glibc
import HTTPForTests
import Requesting
import Testing

struct HTTPClientTests {
    private let client: HTTPClient

    init() throws { client = try HTTPClient(agent: "headcast/test", maximumAnswerBytes: 1_000) }

    private func request(_ url: String, timeout: Duration = .seconds(10)) -> HTTPRequest {
        var request = HTTPRequest(url)
        request.timeout = timeout
        request.usesProxy = false
        return request
    }

    private func failure(of request: HTTPRequest) -> HTTPFailure? {
        guard case .failure(let failure) = client.perform([request])[0] else { return nil }
        return failure
    }

    @Test func `an answer comes with its status and its body`() throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello")
        let answer = try client.perform(request(server.url + "/status?topic=orders"))
        #expect(answer.status == 404)
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.retryAfter == nil)
        let sent = try #require(server.requests.first)
        #expect(sent.hasPrefix("GET /status?topic=orders HTTP/1.1\r\n"))
        #expect(sent.contains("User-Agent: headcast/test\r\n"))
    }

    @Test(arguments: ["", "hello", String(repeating: "x", count: 200_000)])
    func `a body is sent whole and at once`(body: String) throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        var request = request(server.url)
        request.method = .post(body: Array(body.utf8))
        request.headers = ["Cache-Control: no-cache"]
        #expect(try client.perform(request).status == 201)
        let sent = try #require(server.requests.first)
        #expect(sent.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(sent.contains("Cache-Control: no-cache\r\n"))
        #expect(sent.contains("Content-Length: \(body.utf8.count)\r\n"))
        #expect(!sent.contains("Expect"))
        #expect(sent.hasSuffix("\r\n\r\n" + body))
    }

    @Test func `a field without a value is sent, too`() throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        var request = request(server.url)
        request.headers = ["A:", "B: ", "C: x:", "D:y"]
        #expect(try client.perform(request).status == 200)
        let sent = try #require(server.requests.first)
        for field in ["A:", "B:", "C: x:", "D:y"] { #expect(sent.contains("\r\n\(field)\r\n"), "\(sent)") }
    }

    @Test func `an answer that comes before the body is sent is read, however the connection ends`() throws {
        let server = try HastyServer(answering: "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno", after: 1 << 20)
        var request = request(server.url)
        request.method = .post(body: [UInt8](repeating: 0x2E, count: 8 << 20))
        for _ in 0..<200 { #expect(try client.perform(request).status == 413) }
    }

    @Test func `Retry-After is read`() throws {
        let server = try ScriptedServer(
            answering: "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.perform(request(server.url)).retryAfter == .seconds(7))
    }

    @Test func `a connection serves one request after the other`() throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        for _ in 0..<3 { #expect(try client.perform(request(server.url)).status == 200) }
        #expect(server.requests.count == 3)
        #expect(server.connections == 1)
    }

    @Test(arguments: ["", "hello"])
    func `a request that a kept connection ends under is not repeated`(body: String) throws {
        let server = try ScriptedServer(
            answering: "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", answers: 1)
        var request = request(server.url)
        request.method = .post(body: Array("first".utf8))
        #expect(try client.perform(request).status == 201)
        request.method = .post(body: Array(body.utf8))
        // Without a body the request goes on a connection of its own, and is answered there.
        let result = client.perform([request])[0]
        if body.isEmpty {
            #expect(try result.get().status == 201)
        } else {
            #expect(throws: HTTPFailure.self) { try result.get() }
        }
        #expect(server.requests.count == 2)
    }

    @Test func `what is under way ends when it is told to stop`() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let never = DispatchSemaphore(value: 0)
        let server = try ScriptedServer(answering: "") { never.wait() }
        #expect(write(ends[1], "x", 1) == 1)
        client.stopDescriptor = ends[0]
        #expect(throws: HTTPFailure.stopped) { try client.perform(request(server.url, timeout: .seconds(600))) }
        never.signal()
    }

    @Test func `requests are under way at the same time and answered in order`() throws {
        let asked = DispatchSemaphore(value: 0)
        let first = try ScriptedServer(answering: "HTTP/1.1 201 A\r\nContent-Length: 0\r\n\r\n") { asked.wait() }
        let second = try ScriptedServer(answering: "HTTP/1.1 202 B\r\nContent-Length: 0\r\n\r\n") { asked.signal() }
        let results = client.perform([request(first.url), request(second.url), request("http://[bad")])
        #expect(try results.prefix(2).map { try $0.get().status } == [201, 202])
        #expect(throws: HTTPFailure.invalidURL) { try results[2].get() }
    }

    @Test func `a redirection is an answer`() throws {
        let server = try ScriptedServer(
            answering: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.perform(request(server.url)).status == 302)
    }

    @Test(arguments: [
        ("Connection died", "connection died"), ("OpenSSL/3.0.19: error", "OpenSSL/3.0.19: error"),
        ("SSL failed", "SSL failed"), ("Can't do", "can't do"), ("", ""),
    ])
    func `what libcurl says begins small, and names keep their letters`(text: String, shown: String) {
        #expect(text.beginningLowerCase == shown)
    }

    @Test func `a refused connection is told by its errno`() throws {
        let reason = HTTPFailure.unreachable(reason: "connection refused (ECONNREFUSED)")
        #expect(failure(of: request("http://127.0.0.1:1/")) == reason)
    }

    @Test(arguments: [
        "", "http://", "http://a b/", "file:///etc/hostname", "ftp://127.0.0.1/", "http://127.0.0.1:99999/",
    ])
    func `what is no URL of HTTP is refused`(url: String) {
        #expect(failure(of: request(url)) == .invalidURL)
    }

    @Test func `silence ends with the time limit`() throws {
        let never = DispatchSemaphore(value: 0)
        let server = try ScriptedServer(answering: "") { never.wait() }
        let limit = Duration.milliseconds(50)
        #expect(failure(of: request(server.url, timeout: limit)) == .timedOut(after: limit))
        never.signal()
    }

    @Test(
        arguments: [
            "", "\r\n", "HTTP", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "\u{0}\u{1}\u{2}\u{FFFD}",
        ]
    )
    func `what is not an answer in full is a failure`(bytes: String) throws {
        let server = try ScriptedServer(answering: bytes, closes: true)
        let failure = try #require(self.failure(of: request(server.url)))
        guard case .failed = failure else {
            Issue.record("\(failure)")
            return
        }
    }

    @Test(arguments: [1_000, 1_001])
    func `an answer is kept up to the limit`(bytes: Int) throws {
        let body = String(repeating: "x", count: bytes)
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\n\r\n" + body, closes: true)
        switch client.perform([request(server.url)])[0] {
        case .success(let answer): #expect(answer.body.count == 1_000 && bytes == 1_000)
        case .failure(let failure): #expect(failure == .tooLarge(limit: 1_000) && bytes == 1_001)
        }
    }
}
