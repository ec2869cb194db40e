import Glibc
import Testing

/// What the gateway says it did is what was seen to happen.
@Suite(.onStage)
struct StatusTests {
    @Test func `a receipt has exactly its fields`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(listener.endpoint)", with: ["--name", "gateway-1"])
        let response = try await gateway.publish("hello")
        let receipt = response.json
        #expect(
            receipt.names == [
                "id", "topic", "gateway", "epoch", "sequence", "publishedAt", "payloadBytes", "subscribers", "sent",
                "failed", "copies", "copiesSent", "revision", "stale",
            ])
        #expect(receipt["topic"].string == "orders")
        #expect(receipt["gateway"].string == "gateway-1")
        #expect(receipt["payloadBytes"].int == 5)
        #expect(receipt["subscribers"].int == 1)
        #expect(receipt["sent"].int == 1)
        #expect(receipt["failed"].int == 0)
        #expect(receipt["copies"].int == 1)
        #expect(receipt["copiesSent"].int == 1)
        #expect(receipt["stale"] == .null)
        let id = try #require(receipt["id"].string)
        #expect(id.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
        #expect(receipt["publishedAt"].string?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#) != nil)
        #expect(response.header("Location")?.hasSuffix("/messages/\(id)") == true)
        #expect(response.text.hasSuffix("}\n"))
    }

    @Test func `sequences count up by one`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        var sequences: [Int] = []
        for _ in 0..<5 { sequences.append(try #require(try await gateway.publish("x").json["sequence"].int)) }
        #expect(sequences == (0..<5).map { sequences[0] + $0 })
    }

    @Test func `a subscriber that cannot be sent to is in the receipt and named under the message`() async throws {
        let listener = try await Listener.start()
        let refused = "255.255.255.255:12000"
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint),\(refused)")
        let response = try await gateway.publish("hello")
        #expect(response.status == 201)
        #expect(response.json["sent"].int == 1)
        #expect(response.json["failed"].int == 1)
        let message = try await gateway.json("/messages/\(response.json["id"].string ?? "")")
        let rows = Dictionary(message["endpoints"].list.map { ($0["endpoint"].string ?? "", $0) }) { $1 }
        #expect(Set(rows.keys) == [listener.endpoint, refused])
        #expect(rows[refused]?["error"].string?.contains("EACCES") == true, "\(message)")
        #expect(rows[refused]?["copiesSent"].int == 0)
        #expect(rows[listener.endpoint]?["error"] == .null)
        #expect(rows[listener.endpoint]?["copiesSent"].int == 1)
        #expect(try await gateway.items("/messages?failed=true").map { $0["id"] } == [response.json["id"]])
        #expect(try await gateway.subscribers()[refused]?["failed"].int == 1)
    }

    @Test func `when everyone fails the answer is 502 with the receipt inside`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://255.255.255.255:12000")
        let response = try await gateway.publish("hello")
        #expect(response.status == 502)
        #expect(response.errorCode == "send_failed")
        #expect(response.json["receipt"]["failed"].int ?? response.json["error"]["receipt"]["failed"].int == 1)
    }

    @Test func `rows and totals say what receivers got`() async throws {
        let endpoints = try (1...5).map { "127.0.1.\($0):\(try FreePort.find())" }
        let pods = try await Pods.at(endpoints)
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoints.joined(separator: ","))")
        for number in 0..<40 { #expect(try await gateway.publish("message \(number)").status == 201) }
        try await pods.arrived(total: 200)
        let rows = try await gateway.subscribers()
        for endpoint in endpoints { #expect(rows[endpoint]?["sent"].int == 40) }
        #expect(try await pods.tally().arrivedInAll == 200)
        let receipts = try await gateway.items("/messages?topic=orders")
        #expect(receipts.count == 40)
        #expect(receipts.reduce(0) { $0 + ($1["sent"].int ?? 0) } == 200)
    }

    @Test func `messages are listed newest first and by endpoint`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        for _ in 0..<3 { _ = try await gateway.publish("x") }
        let sequences = try await gateway.items("/messages").compactMap { $0["sequence"].int }
        #expect(sequences == sequences.sorted(by: >))
        #expect(try await gateway.items("/messages?endpoint=127.0.1.1:12000").count == 3)
        #expect(try await gateway.get("/messages?endpoint=127.0.1.9:12000").errorCode == "invalid_parameter")
        #expect(try await gateway.items("/messages?limit=2").count == 3)
    }

    @Test func `an unknown message is answered with who is asked and how far back it remembers`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000", with: ["--name", "gateway-1"])
        _ = try await gateway.publish("x")
        let response = try await gateway.get("/messages/01890000-0000-7000-8000-000000000000")
        #expect(response.status == 404)
        #expect(response.errorCode == "unknown_message")
        #expect(response.text.contains("gateway-1"))
    }

    @Test func `the ledger forgets the oldest`() async throws {
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000", with: ["--ledger-messages", "3"])
        var ids: [String] = []
        for _ in 0..<5 { ids.append(try await gateway.publish("x").json["id"].string ?? "") }
        #expect(try await gateway.items("/messages").compactMap { $0["id"].string } == ids.suffix(3).reversed())
        #expect(try await gateway.get("/messages/\(ids[0])").status == 404)
    }

    @Test func `copies are counted as they leave`() async throws {
        let listener = try await Listener.start()
        let topic = "orders=static://\(listener.endpoint)?policy=repeat&copies=3&spacing=30ms"
        let gateway = try await Gateway.start(topics: topic)
        let receipt = try await gateway.publish("hello").json
        #expect(receipt["copies"].int == 3)
        try await eventually("three copies are recorded") {
            try await gateway.json("/messages/\(receipt["id"].string ?? "")")["copiesSent"].int == 3
        }
        #expect(try await listener.texts(count: 3) == ["hello", "hello", "hello"])
    }

    @Test func `status shows a hundred subscribers, the list all of them in pages`() async throws {
        let endpoints = (1...150).map { "127.0.1.\($0):12000" }
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoints.joined(separator: ","))")
        let status = try await gateway.json("/status")
        #expect(status["topics"][0]["subscribers"].list.count == 100, "\(status["topics"][0]["subscribers"])")
        #expect(Set(try await gateway.subscribers().keys) == Set(endpoints))
        #expect(try await gateway.json("/topics/orders/subscribers?limit=10")["items"].list.count == 10)
    }

    @Test func `status names version, gateway and start, and each topic's membership`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000", with: ["--name", "gateway-1"])
        let status = try await gateway.json("/status?topic=orders")
        #expect(status["gateway"].string == "gateway-1")
        #expect(status["version"].string?.isEmpty == false)
        #expect(status["startedAt"].string?.hasSuffix("Z") == true)
        let topic = status["topics"][0]
        #expect(topic["format"].string == "raw")
        #expect(topic["policy"].string == "once")
        #expect(topic["membership"]["source"].string?.hasPrefix("static") == true)
        #expect(topic["membership"]["stale"] == .null)
        #expect(topic["membership"]["revision"].int != nil)
    }

    @Test func `health, metrics and the contract are served`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        #expect(try await gateway.get("/livez").status == 200)
        #expect(try await gateway.get("/readyz").status == 200)
        #expect(try await gateway.get("/openapi.yaml").text.hasPrefix("openapi:"))
        _ = try await gateway.publish("x")
        let metrics = try await gateway.metrics()
        #expect(metrics.contains { $0.key.contains("orders") && $0.value == 1 }, "\(metrics)")
    }

    @Test func `a subscriber that nobody listens for is in the log once`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:9")
        for _ in 0..<3 { _ = try await gateway.publish("x") }
        let line = try await eventually("the log tells", or: { gateway.program.account }) {
            gateway.program.errors.split(separator: "\n").first { $0.contains("subscriber in trouble") }
        }
        for fact in ["127.0.1.1:9", "ECONNREFUSED", "refusing", "orders"] { #expect(line.contains(fact), "\(line)") }
        #expect(gateway.program.errors.ranges(of: "subscriber in trouble").count == 1)
    }

    @Test func `that a subscriber listens again is in the log, and so is the next time it does not`() async throws {
        let port = try FreePort.find()
        let gateway = try await Gateway.start(topics: "orders=static://127.0.0.1:\(port)")
        func publishUntil(_ line: String, count: Int) async throws {
            try await eventually("the log tells", within: .seconds(30), or: { gateway.program.account }) {
                _ = try await gateway.publish("x")
                return gateway.program.errors.ranges(of: line).count == count
            }
        }
        try await publishUntil("subscriber in trouble", count: 1)
        let subscriber = try await Subscriber.start(on: "127.0.0.1:\(port)")
        try await publishUntil("subscriber out of trouble", count: 1)
        #expect(gateway.program.errors.contains(#/was"?[=:]"?refusing/#), "\(gateway.program.account)")
        subscriber.program.signal(SIGTERM)
        try await publishUntil("subscriber in trouble", count: 2)
    }
}
