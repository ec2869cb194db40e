import Foundation
import Testing
import Wire

@testable import FanOut

struct EventWriterTests {
    /// The event that reaches a pod when `payload` is published.
    private func event(
        _ payload: [UInt8], ttl: Duration? = nil, _ attributes: KeyValuePairs<String, String> = [:]
    ) throws -> [String: Any] {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.format = .cloudevents }
        var options = PublishOptions()
        options.ttl = ttl
        for (name, value) in attributes {
            let isAdded = options.attributes.add(name, value)
            try #require(isAdded)
        }
        let position = try fixture.publish(payload, options)
        fixture.settle()
        let datagrams = pod.received()
        try #require(datagrams.count == 1)
        let event = try #require(JSONSerialization.jsonObject(with: Data(datagrams[0])) as? [String: Any])
        if attributes.allSatisfy({ $0.key != "ce-id" }) {
            #expect(event["id"] as? String == fixture.ledger[position]?.id.description)
        } else {
            #expect(event["headcastid"] as? String == fixture.ledger[position]?.id.description)
        }
        #expect(event["headcastepoch"] as? String == "\(fixture.topic.epoch)")
        return event
    }

    private func event(
        _ text: String, ttl: Duration? = nil, _ attributes: KeyValuePairs<String, String> = [:]
    ) throws -> [String: Any] {
        try event(Array(text.utf8), ttl: ttl, attributes)
    }

    @Test func `a payload becomes an event with all that an event must have`() throws {
        let event = try event("tea \"is\" 3,20 €")
        #expect(event["specversion"] as? String == "1.0")
        #expect(event["source"] as? String == "/topics/orders")
        #expect(event["headcasttopic"] == nil && event["headcasttime"] == nil)
        #expect(event["type"] as? String == "headcast.message")
        #expect(event["sequence"] as? String == "00000000000000000001")
        #expect(event["time"] as? String == "2026-09-21T14:13:20.000Z")
        #expect(event["data"] as? String == "tea \"is\" 3,20 €")
        #expect(event["datacontenttype"] == nil)
    }

    @Test func `JSON stands in the event as JSON`() throws {
        let event = try event(#"{"order": [17, true]}"#, ["content-type": "application/json; charset=utf-8"])
        #expect((event["data"] as? [String: Any])?["order"] as? [Int] == [17, 1])
        #expect(event["datacontenttype"] as? String == "application/json; charset=utf-8")
    }

    @Test func `white space around JSON is no part of it`() throws {
        let json: KeyValuePairs = ["content-type": "application/json"]
        let event = try event(" \t{\"a\": [1]}\r\n", json)
        #expect((event["data"] as? [String: Any])?["a"] as? [Int] == [1])
        #expect(try self.event(" \n", json)["data_base64"] as? String == "IAo=")
    }

    @Test func `JSON that is none, or that is too deep for an event, stands there as base64`() throws {
        #expect(try event("{]\n", ["content-type": "application/json"])["data_base64"] as? String == "e10K")
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try event(deep, ["content-type": "application/json"])["data"] == nil)
        #expect(try event("1,2", ["content-type": "application/json"])["data"] == nil)
    }

    @Test func `an attribute that is empty is not given`() throws {
        let event = try event("x", ["ce-type": "", "ce-source": ""])
        #expect(event["type"] as? String == "headcast.message")
        #expect(event["source"] as? String == "/topics/orders")
    }

    @Test func `what is no text, and no JSON although it should be, stands there as base64`() throws {
        #expect(try event([0xFF, 0x00])["data_base64"] as? String == "/wA=")
        #expect(try event("{", ["content-type": "application/json"])["data_base64"] as? String == "ew==")
        #expect(try event("")["data"] == nil)
        #expect(try event("")["data_base64"] == nil)
    }

    @Test func `an event that was published keeps its attributes`() throws {
        let event = try event(
            "x",
            [
                "ce-id": "A1", "ce-source": "/shop", "ce-type": "order.paid", "ce-specversion": "1.0",
                "ce-subject": "17",
                "ce-time": "2026-01-01T00:00:00Z", "ce-partitionkey": "b", "ce-sequence": "9",
                "content-type": "text/plain",
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "partitionkey": "a",
                "subject": "not this", "not-a-name": "y", "id": "nor this", "shop": "berlin",
            ])
        #expect(event["id"] as? String == "A1")
        #expect(event["source"] as? String == "/shop")
        #expect(event["headcasttopic"] as? String == "orders")
        #expect(event["type"] as? String == "order.paid")
        #expect(event["time"] as? String == "2026-01-01T00:00:00Z")
        #expect(event["headcasttime"] as? String == "2026-09-21T14:13:20.000Z")
        #expect(event["subject"] as? String == "17")
        #expect(event["partitionkey"] as? String == "b")
        #expect(event["sequence"] as? String == "00000000000000000001")
        #expect((event["traceparent"] as? String)?.hasPrefix("00-0af7") == true)
        #expect(event["shop"] as? String == "berlin")
        #expect(event["not-a-name"] == nil)
    }

    @Test func `the time to live is when the event expires`() throws {
        #expect(try event("x", ttl: .seconds(5))["expirytime"] as? String == "2026-09-21T14:13:25.000Z")
        let given = try event("x", ttl: .seconds(5), ["ce-expirytime": "2027-01-01T00:00:00Z"])
        #expect(given["expirytime"] as? String == "2027-01-01T00:00:00Z")
    }

    @Test func `no member stands twice, whatever the attributes are`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.format = .cloudevents }
        var options = PublishOptions()
        for name in [
            "specversion", "id", "time", "data", "subject", "ce-subject", "expirytime", "headcastid",
            "ce-source", "headcasttopic", "ce-time", "headcasttime",
        ] {
            let isAdded = options.attributes.add(name, "x")
            try #require(isAdded)
        }
        options.ttl = .seconds(1)
        try fixture.publish("x", options)
        fixture.settle()
        let text = try #require(pod.texts().first)
        let names = text.matches(of: #/"([a-z0-9_]+)":/#).map { String($0.1) }
        #expect(Set(names).count == names.count, "\(text)")
    }

    @Test func `an event that is longer than a datagram is refused with its length`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.format = .cloudevents }
        let fault = #expect(throws: PublishFault.self) { try fixture.publish("x", byteCount: 1_100) }
        guard case .eventTooLarge(let bytes, 1_232) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(bytes > 1_232)
        try fixture.publish("x", byteCount: 1_100 - (bytes - 1_232))
        fixture.settle()
        #expect(pod.received().map(\.count) == [1_232])
    }

    @Test(arguments: [
        ("content-type", true), ("ce-type", true), ("ce-", false), ("traceparent", true), ("shop", true),
        ("Shop", false),
        ("a-b", false), ("ce-a-b", false), ("data", false), ("ce-data", false), ("id", false), ("ce-id", true),
        ("ce-sequence", false), ("headcastid", false), ("ce-headcasttopic", false),
    ])
    func `what an event cannot carry is known by its name`(name: String, isCarried: Bool) {
        #expect(MessageFormat.cloudevents.carries(attribute: name) == isCarried)
        #expect(MessageFormat.enveloped.carries(attribute: name))
        #expect(!MessageFormat.raw.carries(attribute: name))
    }
}
