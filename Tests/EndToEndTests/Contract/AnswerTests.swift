import Testing

/// Every answer that the contract describes is given, and is as described.
@Suite(
    .onStage, .enabled(if: ContractTool.isPossible, ContractTool.need), .enabled(if: Cluster.isPossible, Cluster.need))
struct AnswerTests {
    private let answers = Answers()

    /// What is read, and where it is in the gateway with several topics; `{id}` is a message's.
    private static let reads = [
        "/status", "/topics", "/topics/{topic}", "/topics/{topic}/subscribers", "/topics/{topic}/changes", "/messages",
        "/messages/{id}", "/livez", "/readyz", "/metrics", "/openapi.yaml",
    ]

    @Test func `every answer of the contract is given as described`() async throws {
        let gateways = try await ContractGateways.start()
        try await publish(to: gateways)
        for path in Self.reads { for method in ["GET", "HEAD"] { try await read(method, path, of: gateways) } }
        for path in Self.reads { for method in ["GET", "HEAD"] { try await misread(method, path, of: gateways.one) } }
        for path in ["/publish/{topic}", "/publish"] { try await mispublish(path, to: gateways.one) }
        for path in ["/publish/{topic}", "/publish"] { try await repeatPublish(path, of: gateways.slow) }
        try await publishMany(to: gateways)
        try await goElsewhere(gateways.one)

        let (faults, unmet) = try await answers.judged()
        #expect(faults == [])
        // 500 is a fault of Headcast, of which none is known.
        #expect(unmet.filter { !$0.hasSuffix(" 500") } == [])
        #expect(unmet.count == 2 * Self.reads.count + 3)
    }

    @Test func `an answer that is not as described is found`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        try await answers.request(gateway, "GET", "/status", "/livez")
        try await answers.request(gateway, "GET", "/metrics", "/readyz")
        try await answers.request(gateway, "GET", "/livez", "/nothing")
        try await answers.request(gateway, "POST", "/publish", body: String(repeating: "x", count: 1_233))
        let (faults, unmet) = try await answers.judged()
        #expect(faults.contains("GET /status 200: : 'version' is a required property"), "\(faults)")
        #expect(faults.contains("GET /metrics 200: content of type application/json"), "\(faults)")
        #expect(faults.contains("GET /livez 404: not in the contract"), "\(faults)")
        #expect(!faults.contains { $0.hasPrefix("POST /publish 413") }, "\(faults)")
        #expect(unmet.contains("POST /publish 201") && !unmet.contains("POST /publish 413"))
    }

    private func publish(to gateways: ContractGateways) async throws {
        for topic in ["orders", "prices", "nobody", "failing", "lost", "none"] {
            try await answers.request(gateways.several, "POST", "/publish/{topic}", "/publish/\(topic)", body: "hello")
        }
        let stale = ["Cache-Control: no-cache"]
        try await answers.request(gateways.several, "POST", "/publish/{topic}", "/publish/lost", headers: stale)
        for gateway in [gateways.several, gateways.one, gateways.nobody, gateways.failing] {
            try await answers.request(gateway, "POST", "/publish", body: "hello")
        }
        try await answers.request(gateways.one, "POST", "/publish", "/publish?require=9", body: "hello")
        let long = String(repeating: "x", count: 1_000)
        let limited = [(gateways.several, "/publish/{topic}", "/publish/slow"), (gateways.one, "/publish", "/publish")]
        for (gateway, path, target) in limited {
            try await eventually("the rate of \(target) is used up") { () -> Bool in
                try await answers.request(gateway, "POST", path, target, body: long).status == 429
            }
        }
    }

    private func read(_ method: String, _ path: String, of gateways: ContractGateways) async throws {
        let id = try #require(try await gateways.several.json("/messages?limit=1")["items"][0]["id"].string)
        for topic in ["orders", "nobody", "failing", "lost", "none"] {
            let target = path.replacing("{topic}", with: topic).replacing("{id}", with: topic == "none" ? topic : id)
            try await answers.request(gateways.several, method, path, target)
        }
        if path == "/status" || path == "/messages" {
            try await answers.request(gateways.several, method, path, "\(path)?topic=none")
        }
        if path == "/messages/{id}" {
            let unknown = "/messages/01890000-0000-7000-8000-000000000000"
            try await answers.request(gateways.several, method, path, unknown)
        }
        // The gateway with several topics is not ready.
        if path == "/readyz" { try await answers.request(gateways.one, method, path) }
    }

    /// What is wrong with a request and its head, whatever it is for.
    private func misread(_ method: String, _ path: String, of gateway: Gateway) async throws {
        let target = path.replacing("{topic}", with: "orders").replacing("{id}", with: "none")
        let many = (0..<100).map { "X-\($0): 1" }
        try await answers.request(gateway, method, path, "\(target)?unknown=1")
        try await answers.request(gateway, method, path, "\(target)?%zz")
        try await answers.request(gateway, method, path, target, headers: ["Content-Length: 20000000"])
        try await answers.request(gateway, method, path, target + "?" + String(repeating: "x", count: 20_000))
        try await answers.request(gateway, method, path, target, headers: many)
        try await answers.request(gateway, method, path, target, headers: ["Transfer-Encoding: gzip"])
        try await answers.request(gateway, method, path, target, version: "HTTP/2.0")
    }

    private func mispublish(_ path: String, to gateway: Gateway) async throws {
        let target = path.replacing("{topic}", with: "orders")
        try await misread("POST", path, of: gateway)
        let large = String(repeating: "x", count: 1_233)
        try await answers.request(gateway, "POST", path, target, body: large)
        try await answers.request(gateway, "POST", path, target, headers: ["Headcast-Copies: many"])
        try await answers.request(gateway, "POST", path, target, headers: ["Headcast-Copy: 1"])
        let twoLengths = ["Content-Length: 1", "Transfer-Encoding: chunked"]
        try await answers.request(gateway, "POST", path, target, headers: twoLengths)
    }

    /// Publishes with an idempotency key, also while the first publish with it is under way.
    private func repeatPublish(_ path: String, of gateway: Gateway) async throws {
        let target = path.replacing("{topic}", with: "bulk")
        let key = ["Idempotency-Key: \(path)"]
        let large = String(repeating: "x", count: 4 << 20)
        // Whichever comes first is under way for seconds.
        async let one = answers.request(gateway, "POST", path, target, headers: key, body: large)
        async let other = answers.request(gateway, "POST", path, target, headers: key, body: large)
        let statuses = try await [one.status, other.status]
        #expect(statuses.sorted() == [201, 409])
        try await answers.request(gateway, "POST", path, target, headers: key, body: large)
        try await answers.request(gateway, "POST", path, target, headers: key, body: "other")
        let batch = ["Content-Type: application/cloudevents-batch+json"]
        try await answers.request(gateway, "POST", path, target, headers: batch, body: "[]")
        try await answers.request(gateway, "POST", path, target, headers: ["Headcast-Attribute-a~: x"])
        try await answers.request(gateway, "POST", path, target, headers: ["ce-id: 7"])
    }

    /// Publishes batches and to several topics.
    private func publishMany(to gateways: ContractGateways) async throws {
        let path = "/publish/{topic}/batch"
        let target = "/publish/orders/batch"
        let lines = "{\"payload\":\"x\",\"contentType\":\"text/plain\"}\n{}"
        try await answers.request(gateways.several, "POST", path, target, body: lines)
        try await answers.request(gateways.several, "POST", path, "/publish/none/batch", body: lines)
        try await answers.request(gateways.one, "POST", path, target, headers: ["Content-Type: text/csv"], body: "x")
        try await answers.request(
            gateways.one, "POST", path, target, body: String(repeating: "{}\n", count: 1_001))
        try await answers.request(gateways.one, "POST", path, target, headers: ["Idempotency-Key: k"])
        try await answers.request(
            gateways.small, "POST", path, target, body: String(repeating: " ", count: 100_000))
        try await misread("POST", path, of: gateways.one)
        let topics = "/publish?topic=orders&topic=none&topic=failing&topic=nobody"
        try await answers.request(gateways.several, "POST", "/publish", topics, body: "hello")
        try await answers.request(gateways.several, "POST", "/publish", "/publish?topic=none", body: "hello")
    }

    private func goElsewhere(_ gateway: Gateway) async throws {
        try await answers.request(gateway, "GET", "elsewhere", "/nothing")
        try await answers.request(gateway, "POST", "elsewhere", "/nothing", body: "hello")
        try await answers.request(gateway, "GET", "elsewhere", "/publish/orders")
        try await answers.request(gateway, "PUT", "elsewhere", "/status", body: "hello")
        try await answers.request(gateway, "OPTIONS", "elsewhere", "/messages")
    }
}
