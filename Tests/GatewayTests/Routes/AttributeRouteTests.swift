import FanOut
import Foundation
import HTTPForTests
import Testing
import Wire

@testable import Gateway

struct AttributeRouteTests {
    let pod: EnvelopedPod
    var gateway: RunningGateway { pod.gateway }

    init() throws {
        pod = try EnvelopedPod()
    }

    private let binary = ["ce-specversion: 1.0", "ce-id: 7", "ce-source: /shop", "ce-type: order"]
    private let event = #"{"specversion":"1.0","id":"7","source":"/shop","type":"order","data":{"a": [1]}}"#

    @Test func `content type, trace and the application's own travel with the message`() throws {
        let headers = ["Content-Type: text/plain", "traceparent: 00-a-b-01", "Headcast-Attribute-Region: eu"]
        let reply = try gateway.publish("hello", headers: headers)
        #expect(reply.status == 201)
        #expect(reply.json["dropped"] == nil)
        let message = try pod.next()
        #expect(message.payload == "hello")
        #expect(message.id == reply.json["id"] as? String)
        #expect(message.attributes["content-type"] == "text/plain")
        #expect(message.attributes["traceparent"] == "00-a-b-01")
        #expect(message.attributes["region"] == "eu")
        #expect(message.ttlMilliseconds == 0)
    }

    @Test func `curl's own content type is none`() throws {
        _ = try gateway.publish("hello", headers: ["Content-Type: application/x-www-form-urlencoded"])
        #expect(try pod.next().attributes.isEmpty)
    }

    @Test func `a raw topic drops attributes and says which`() throws {
        let raw = try RunningGateway()
        let headers = ["Content-Type: text/plain", "Headcast-Attribute-Region: eu"]
        let reply = try raw.publish("hello", headers: headers)
        #expect(reply.json["dropped"] as? [String] == ["content-type", "region"])
        #expect(reply.memberNames.last == "dropped")
        #expect(try raw.publish("hello", to: "/publish/orders?ttl=5s").json["dropped"] as? [String] == ["ttl"])
        let both = try raw.publish("hello", to: "/publish/orders?ttl=5s", headers: headers)
        #expect(both.json["dropped"] as? [String] == ["content-type", "region", "ttl"])
    }

    @Test(
        arguments: [
            ("?ttl=5s", [], 5_000), ("", ["Headcast-Ttl: 250ms"], 250), ("?ttl=1s", ["Headcast-Ttl: 9s"], 1_000),
        ] as [(String, [String], UInt32)])
    func `a time to live travels, and the query wins`(query: String, headers: [String], milliseconds: UInt32) throws {
        _ = try gateway.publish("hello", to: "/publish/orders\(query)", headers: headers)
        #expect(try pod.next().ttlMilliseconds == milliseconds)
    }

    @Test(arguments: ["0", "25h", "soon", ""])
    func `a time to live that makes no sense is 400`(ttl: String) throws {
        let reply = try gateway.publish("hello", to: "/publish/orders?ttl=\(ttl)")
        #expect(reply.status == 400)
        #expect(reply.error["parameter"] as? String == "ttl")
    }

    @Test func `an event in the body is carried by its context, with its data as the payload`() throws {
        let headers = ["Content-Type: application/cloudevents+json; charset=utf-8", "traceparent: t", "ce-id: ignored"]
        #expect(try gateway.publish(event, headers: headers).status == 201)
        let message = try pod.next()
        #expect(message.payload == #"{"a": [1]}"#)
        #expect(
            message.attributes.items.map { "\($0.name)=\($0.value)" } == [
                "content-type=application/json", "ce-specversion=1.0", "ce-id=7", "ce-source=/shop", "ce-type=order",
                "traceparent=t",
            ])
    }

    @Test func `an event in headers is carried likewise`() throws {
        let headers = binary + ["Content-Type: application/json", "ce-subject: a%20b"]
        #expect(try gateway.publish(#"{"a": [1]}"#, headers: headers).status == 201)
        let message = try pod.next()
        #expect(message.payload == #"{"a": [1]}"#)
        #expect(message.attributes["content-type"] == "application/json")
        #expect(message.attributes["ce-subject"] == "a b")
        #expect(message.attributes["ce-type"] == "order")
    }

    @Test func `an event that says when it expires is of no use after that`() throws {
        let now = Int64(Date().timeIntervalSince1970)
        func expiring(_ time: String) -> [String] { binary + ["ce-expirytime: \(time)"] }
        func ttl(_ headers: [String], query: String = "") throws -> Int {
            let reply = try gateway.publish("x", to: "/publish/orders" + query, headers: headers)
            #expect(reply.status == 201 && reply.json["dropped"] == nil)
            return Int(try pod.next().ttlMilliseconds)
        }
        let soon = Date(timeIntervalSince1970: Double(now + 3_600)).ISO8601Format()
        #expect((3_590_000...3_601_000).contains(try ttl(expiring(soon))))
        #expect(try ttl(expiring("9999-12-31T23:59:59Z")) == 0)
        #expect(try ttl(expiring(soon), query: "?ttl=5s") == 5_000)
        #expect(try ttl(expiring("2020-01-01T00:00:00Z"), query: "?ttl=5s") == 5_000)
        let key = ["Idempotency-Key: k"]
        let past = try gateway.publish("x", headers: expiring("2020-01-01T00:00:00Z") + key)
        #expect(past.status == 422 && past.errorCode == "expired_event")
        #expect(try gateway.publish("y", headers: key).status == 201)
    }

    @Test func `what an event of a topic cannot say of its end is told`() throws {
        let pod = try Pod()
        let gateway = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
            configuration.topics[0].format = .cloudevents
        }
        func dropped(_ headers: [String], query: String) throws -> [String]? {
            let reply = try gateway.publish("x", to: "/publish/orders" + query, headers: headers)
            #expect(reply.status == 201)
            return reply.json["dropped"] as? [String]
        }
        let own = binary + ["ce-expirytime: 2030-01-01T00:00:00Z"]
        #expect(try dropped(own, query: "?ttl=5s") == ["ttl"])
        #expect(pod.next()?.contains(#""expirytime":"2030-01-01T00:00:00Z""#) == true)
        #expect(try dropped(own, query: "") == nil)
        #expect(try dropped(binary, query: "?ttl=5s") == nil)
        let attribute = ["Headcast-Attribute-expirytime: 2030-01-01T00:00:00Z"]
        #expect(try dropped(attribute, query: "?ttl=5s") == ["expirytime"])
        #expect(try dropped(attribute, query: "") == nil)
        #expect(try dropped(own + attribute, query: "?ttl=5s") == ["expirytime", "ttl"])
        let others = ["Headcast-Attribute-Subject: x", "Headcast-Attribute-a: b"]
        #expect(try dropped(binary + ["ce-subject: y"] + others, query: "") == ["subject"])
    }

    @Test func `the payload of an event counts, not the event`() throws {
        let small = try RunningGateway { $0.topics[0].maximumPayloadBytes = 9 }
        let headers = ["Content-Type: application/cloudevents+json"]
        #expect(try small.publish(event, headers: headers).errorCode == "payload_too_large")
        #expect(
            try small.publish(event.replacing("[1]", with: "1"), headers: headers).json["payloadBytes"] as? Int == 8)
        let huge = event + String(repeating: " ", count: 131_200)
        #expect(try small.publish(huge, headers: headers).errorCode == "payload_too_large")
        #expect(try small.publish(event).errorCode == "payload_too_large")
    }

    @Test(arguments: [
        (["ce-id: 7"], "invalid_event", 400), (["Headcast-Attribute-a~: x"], "invalid_attribute", 400),
        (["Headcast-Attribute-Ce-Type: x"], "invalid_attribute", 400),
        (["Content-Type: application/cloudevents+json"], "invalid_event", 400),
        (["Content-Type: application/cloudevents+xml"], "unsupported_media_type", 415),
        (["Content-Type: application/cloudevents-batch+json"], "unsupported_media_type", 415),
        (["Headcast-Attributes-a: x"], "unknown_parameter", 400),
        (["Content-Encoding: gzip"], "unsupported_media_type", 415),
    ])
    func `what cannot be understood is refused`(headers: [String], code: String, status: Int) throws {
        let reply = try gateway.publish("hello", headers: headers)
        #expect(reply.status == status)
        #expect(reply.errorCode == code)
    }

    @Test func `a fault of a header names it`() throws {
        let reply = try gateway.publish("hello", headers: ["Ce-A-b: x"])
        #expect(reply.error["parameter"] as? String == "Ce-A-b")
    }
}
