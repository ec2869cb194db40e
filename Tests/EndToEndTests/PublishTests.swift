import Foundation
import Testing

/// What curl sends is what a dozen lines of Python receive.
@Suite(.onStage)
struct PublishTests {
    @Test func `curl -d just works`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let outcome = try await Curl.run(["-d", "hello", "http://\(gateway.endpoint)/publish/orders"])
        #expect(outcome.response.status == 201, "\(outcome.response)")
        #expect(try await listener.texts(count: 1) == ["hello"])
    }

    @Test func `a single topic needs no name in the path`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let outcome = try await Curl.run(["-d", "hello", "http://\(gateway.endpoint)/publish"])
        #expect(outcome.response.status == 201)
        #expect(try await listener.texts(count: 1) == ["hello"])
    }

    @Test func `an empty body arrives as an empty datagram`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let outcome = try await Curl.run(["-X", "POST", "http://\(gateway.endpoint)/publish/orders"])
        #expect(outcome.response.status == 201)
        #expect(try await listener.payloads(count: 1) == [[]])
    }

    @Test func `every byte value arrives as it was posted`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let bytes = (0..<1_232).map { UInt8($0 % 256) }
        let path = try Stage.current.path("payload")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let url = "http://\(gateway.endpoint)/publish/orders"
        #expect(try await Curl.run(["--data-binary", "@\(path)", url]).response.status == 201)
        #expect(try await listener.payloads(count: 1) == [bytes])
    }

    @Test func `a payload sent in chunks arrives whole`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let outcome = try await Curl.run([
            "-H", "Transfer-Encoding: chunked", "-d", "in chunks", "http://\(gateway.endpoint)/publish/orders",
        ])
        #expect(outcome.response.status == 201, "\(outcome.response)")
        #expect(try await listener.texts(count: 1) == ["in chunks"])
    }

    @Test func `a topic may allow the largest datagram there is`() async throws {
        let listener = try await Listener.start()
        let topic = "orders=static://\(listener.endpoint)?maximumPayloadBytes=65507"
        let gateway = try await Gateway.start(topics: topic)
        let bytes = (0..<65_507).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await gateway.publish(bytes).status == 201)
        #expect(try await listener.payloads(count: 1) == [bytes])
    }

    @Test func `messages on one connection arrive in order`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let connection = try HTTPConnection(to: gateway.endpoint)
        let texts = (0..<100).map { "message \($0)" }
        // Pipelined: all are sent before the first answer is read.
        for text in texts {
            try await connection.send(
                "POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
        for _ in texts { #expect(try await connection.response().status == 201) }
        #expect(try await listener.texts(count: 100) == texts)
    }

    @Test func `every subscriber of a topic receives, and no other topic's`() async throws {
        let first = try await Listener.start(on: "127.0.1.1")
        let second = try await Listener.start(on: "127.0.1.2")
        let other = try await Listener.start(on: "127.0.1.3")
        let gateway = try await Gateway.start(
            topics: "orders=static://\(first.endpoint),\(second.endpoint)", "prices=static://\(other.endpoint)")
        #expect(try await gateway.publish("an order").json["sent"].int == 2)
        #expect(try await gateway.publish("a price", to: "prices").json["sent"].int == 1)
        #expect(try await first.texts(count: 1) == ["an order"])
        #expect(try await second.texts(count: 1) == ["an order"])
        #expect(try await other.texts(count: 1) == ["a price"])
    }

    @Test func `two services unlike keep their own policy and limit`() async throws {
        let orders = try await Listener.start()
        let prices = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(orders.endpoint)?policy=repeat&copies=3&spacing=20ms",
            "prices=static://\(prices.endpoint)?maximumPayloadBytes=5")
        #expect(try await gateway.publish("a long order").status == 201)
        #expect(try await gateway.publish("a long price", to: "prices").status == 413)
        #expect(try await gateway.publish("price", to: "prices").status == 201)
        #expect(try await orders.texts(count: 3) == ["a long order", "a long order", "a long order"])
        #expect(try await prices.texts(count: 1) == ["price"])
    }

    @Test func `two topics and no name is refused`() async throws {
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000", "prices=static://127.0.1.2:12000")
        let response = try await gateway.request("POST", "/publish", body: [1])
        #expect(response.status == 400)
        #expect(response.errorCode == "topic_required")
    }

    @Test func `HTTP is served over IPv6 too`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(["--topic", "orders=static://\(listener.endpoint)"], listen: "[::1]:0")
        #expect(try await gateway.publish("hello").status == 201)
        #expect(try await listener.texts(count: 1) == ["hello"])
    }

    @Test func `datagrams leave from where the gateway is told to send`() async throws {
        let port = try FreePort.find()
        let receiver = try await Subscriber.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(receiver.endpoint)", with: ["--send-from", "127.0.0.1:\(port)"])
        #expect(try await gateway.publish("hello").status == 201)
        let line = try #require(try await receiver.lines(count: 1).first)
        // Its two sockets: the given port, and another one for what is not proven yet.
        #expect(line["from"].string?.hasPrefix("127.0.0.1:") == true)
    }
}
