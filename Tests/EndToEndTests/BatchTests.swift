import Foundation
import Testing

/// Batches, events and repetitions, sent with curl as the README shows it.
@Suite(.onStage)
struct BatchTests {
    /// Publishes `body` with curl and gives the answer.
    private func post(
        _ body: String, to target: String, of gateway: Gateway, headers: [String] = []
    ) async throws -> HTTPResponse {
        try await Curl.request(
            "POST", "http://\(gateway.endpoint)\(target)", headers: headers, body: Array(body.utf8), in: nil)
    }

    @Test func `a file of lines is published line by line`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let lines = (0..<100).map { #"{"payload":"message \#($0)"}"# }.joined(separator: "\n")
        let answer = try await post(lines, to: "/publish/orders/batch", of: gateway)
        #expect(answer.status == 200)
        let results = answer.json["results"].list
        #expect(results.map { $0["status"].int } == Array(repeating: 201, count: 100))
        #expect(results.map { $0["receipt"]["sequence"].int } == Array(1...100))
        #expect(try await listener.texts(count: 100) == (0..<100).map { "message \($0)" })
    }

    @Test func `a line that is wrong keeps no other from being sent`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let lines = #"{"payload":"one"}"# + "\n{\"payload\":}\n" + #"{"payloadBase64":"dHdv"}"#
        let type = ["Content-Type: application/x-ndjson"]
        let answer = try await post(lines, to: "/publish/orders/batch", of: gateway, headers: type)
        #expect(answer.json["results"].list.map { $0["status"].int } == [201, 400, 201])
        #expect(answer.json["results"][1]["error"]["code"].string == "invalid_entry")
        #expect(try await listener.texts(count: 2) == ["one", "two"])
    }

    @Test func `a batch of 16 MiB is taken while others publish`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "bulk=static://\(listener.endpoint)?format=enveloped&ringBytes=64MiB",
            "orders=static://\(listener.endpoint)")
        let line = #"{"payload":"\#(String(repeating: "x", count: 16_000))"}"# + "\n"
        let batch = String(repeating: line, count: 1_000)
        async let answer = post(batch, to: "/publish/bulk/batch", of: gateway)
        for _ in 0..<20 { #expect(try await gateway.publish("x", to: "orders").status == 201) }
        #expect(try await answer.json["results"].list.map { $0["status"].int } == Array(repeating: 201, count: 1_000))
    }

    @Test func `an event in the body is sent as its data`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(topics: "orders=static://\(listener.endpoint)")
        let event = #"{"specversion":"1.0","id":"1","source":"/shop","type":"order.created","data":{"order": 7}}"#
        let one = ["Content-Type: application/cloudevents+json"]
        let answer = try await post(event, to: "/publish/orders", of: gateway, headers: one)
        #expect(answer.status == 201)
        #expect(answer.json["dropped"].list.contains(.string("ce-type")))
        let many = ["Content-Type: application/cloudevents-batch+json"]
        let batch = try await post("[\(event),\(event)]", to: "/publish/orders/batch", of: gateway, headers: many)
        #expect(batch.json["results"].list.map { $0["status"].int } == [201, 201])
        #expect(try await listener.texts(count: 3) == Array(repeating: #"{"order": 7}"#, count: 3))
    }

    @Test func `a repetition is not sent again, and another replica gives it the same id`() async throws {
        let listener = try await Listener.start()
        let topic = "orders=static://\(listener.endpoint)"
        let gateways = [try await Gateway.start(topics: topic), try await Gateway.start(topics: topic)]
        let key = ["Idempotency-Key: order-7"]
        let first = try await post("hello", to: "/publish/orders", of: gateways[0], headers: key)
        let again = try await post("hello", to: "/publish/orders", of: gateways[0], headers: key)
        #expect(again.json["replayed"].bool == true)
        #expect(again.json["id"] == first.json["id"])
        let other = try await post("hello", to: "/publish/orders", of: gateways[1], headers: key)
        #expect(other.json["id"] == first.json["id"])
        #expect(other.json["replayed"] == .null)
        #expect(try await post("bye", to: "/publish/orders", of: gateways[0], headers: key).status == 422)
        #expect(try await post("end", to: "/publish/orders", of: gateways[0]).status == 201)
        #expect(try await listener.texts(count: 3) == ["hello", "hello", "end"])
    }

    @Test func `one body goes to several topics`() async throws {
        let listeners = [try await Listener.start(), try await Listener.start()]
        let gateway = try await Gateway.start(
            topics: "orders=static://\(listeners[0].endpoint)", "prices=static://\(listeners[1].endpoint)")
        let answer = try await post("hello", to: "/publish?topic=prices&topic=none&topic=orders", of: gateway)
        #expect(answer.status == 200)
        #expect(answer.json["results"].list.map { $0["status"].int } == [201, 404, 201])
        for listener in listeners { #expect(try await listener.texts(count: 1) == ["hello"]) }
    }
}
