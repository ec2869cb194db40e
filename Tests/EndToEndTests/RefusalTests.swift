import Testing

/// What the gateway does not take, it refuses in words.
@Suite(.onStage)
struct RefusalTests {
    private let topic = "orders=static://127.0.1.1:12000"

    @Test func `curl sees that three megabytes are too large`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let path = try Stage.current.write(String(repeating: "x", count: 3_000_000), to: "large")
        let url = "http://\(gateway.endpoint)/publish/orders"
        let outcome = try await Curl.run(["-H", "Expect:", "--data-binary", "@\(path)", url])
        #expect(outcome.exit == .exited(0), "\(outcome.errors)")
        #expect(outcome.response.status == 413)
        #expect(outcome.response.errorCode == "payload_too_large")
        #expect(outcome.response.json["error"]["limit"].int == 1_232)
    }

    @Test func `curl that asks first is refused before it sends`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let connection = try HTTPConnection(to: gateway.endpoint)
        try await connection.send(
            """
            POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n
            """)
        #expect(try await connection.response().status == 413)
    }

    @Test func `Python's urllib sees that three megabytes are too large`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let url = "http://\(gateway.endpoint)/publish/orders"
        let command = [try #require(Tool.python), Tool.part("post.py"), url, "3000000"]
        let program = try Stage.current.start(command, name: "urllib")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        #expect(program.output.hasPrefix("413 "))
        #expect(program.output.contains("payload_too_large"))
    }

    @Test func `a chunked body is refused at the first byte over the limit`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let connection = try HTTPConnection(to: gateway.endpoint)
        try await connection.send("POST /publish/orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let chunk = "400\r\n" + String(repeating: "x", count: 1_024) + "\r\n"
        try await connection.send(chunk + chunk + "0\r\n\r\n")
        #expect(try await connection.response().status == 413)
    }

    @Test func `one byte over the limit is too many`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        #expect(try await gateway.publish([UInt8](repeating: 1, count: 1_233)).status == 413)
        #expect(try await gateway.topic()["counters"].names.isEmpty == false)
        #expect(try await gateway.items("/messages").isEmpty)
    }

    @Test func `an unknown path is not found, in JSON`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let response = try await gateway.get("/nowhere")
        #expect(response.status == 404)
        #expect(response.errorCode == "not_found")
        #expect(response.text.hasSuffix("}\n"))
        #expect(response.header("Content-Type")?.hasPrefix("application/json") == true)
    }

    @Test func `an unknown topic is not found, in JSON`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let response = try await gateway.publish("hello", to: "order")
        #expect(response.status == 404)
        #expect(response.errorCode == "unknown_topic")
    }

    @Test(arguments: [("GET", "/publish/orders", "POST"), ("POST", "/status", "GET"), ("DELETE", "/messages", "GET")])
    func `a wrong method is told the right one`(method: String, path: String, right: String) async throws {
        let gateway = try await Gateway.start(topics: topic)
        let response = try await gateway.request(method, path, body: method == "POST" ? [] : nil)
        #expect(response.status == 405)
        #expect(response.errorCode == "method_not_allowed")
        #expect(response.header("Allow")?.contains(right) == true, "\(response)")
    }

    @Test func `HEAD answers what GET does, without the body`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let connection = try HTTPConnection(to: gateway.endpoint)
        try await connection.send("HEAD /topics HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try await connection.response(isHead: true)
        try await connection.send("GET /topics HTTP/1.1\r\nHost: a\r\n\r\n")
        let get = try await connection.response()
        #expect(head.status == 200)
        #expect(get.status == 200)
        #expect(head.header("Content-Length") == get.header("Content-Length"))
        #expect(head.header("Content-Type") == get.header("Content-Type"))
    }

    @Test func `an unknown parameter is refused and the nearest named`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let response = try await gateway.publish("hello", query: "?copie=2")
        #expect(response.status == 400)
        #expect(response.errorCode == "unknown_parameter")
        #expect(response.json["error"]["message"].string?.contains("copies") == true, "\(response)")
    }

    @Test func `a parameter that is no number is refused`() async throws {
        let gateway = try await Gateway.start(topics: topic)
        let response = try await gateway.publish("hello", query: "?require=many")
        #expect(response.status == 400)
        #expect(response.errorCode == "invalid_parameter")
    }

    @Test func `fewer subscribers than required is refused and nothing sent`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let response = try await gateway.publish("for two", query: "?require=2")
        #expect(response.status == 503)
        #expect(response.errorCode == "too_few_subscribers")
        #expect(try await gateway.publish("for one", query: "?require=1").status == 201)
        #expect(try await listener.texts(count: 1) == ["for one"])
    }

    @Test func `more bytes than the topic may send are refused for now`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)?maximumBytesPerSecond=2000")
        var refusal: HTTPResponse?
        for _ in 0..<50 where refusal == nil {
            let response = try await gateway.publish([UInt8](repeating: 1, count: 1_000))
            if response.status != 201 { refusal = response }
        }
        #expect(refusal?.status == 429)
        #expect(refusal?.errorCode == "rate_limited")
        #expect(refusal?.header("Retry-After") != nil)
    }
}
