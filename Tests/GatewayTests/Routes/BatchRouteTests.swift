import Endpoints
import Foundation
import HTTPForTests
import Testing
import Wire

@testable import Gateway

struct BatchRouteTests {
    let pod: Pod
    let gateway: RunningGateway

    init() throws {
        let pod = try Pod()
        self.pod = pod
        gateway = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
        }
    }

    private func publish(
        _ lines: String..., to target: String = "/publish/orders/batch", headers: [String] = []
    ) throws -> Reply {
        let headers = headers.contains { $0.hasPrefix("Content-Type") } ? headers : headers + [lineType]
        return try gateway.publish(lines.joined(separator: "\n"), to: target, headers: headers)
    }

    private let lineType = "Content-Type: application/x-ndjson"

    @Test func `every entry has its own result, in order`() throws {
        let large = String(repeating: "x", count: 1_233)
        let reply = try publish(
            #"{"payload":"one"}"#, #"{"payload":1}"#, "", #"{"payload":"\#(large)"}"#, #"{"payloadBase64":"dHdv"}"#)
        #expect(reply.status == 200)
        #expect(reply.results.map(\.status) == [201, 400, 413, 201])
        #expect(reply.results.map(\.errorCode) == [nil, "invalid_entry", "payload_too_large", nil])
        #expect(reply.results[0].receipt["sequence"] as? Int == 1)
        #expect(reply.results[3].receipt["sequence"] as? Int == 2)
        #expect(reply.results[2].error["limit"] as? Int == 1_232)
        #expect(reply.body.last == UInt8(ascii: "\n"))
        #expect(pod.next() == "one")
        #expect(pod.next() == "two")
        #expect(!pod.hasMore)
    }

    @Test func `a thousand entries are numbered one behind the other`() throws {
        let lines = (0..<1_000).map { #"{"payload":"\#($0)"}"# }.joined(separator: "\n")
        let reply = try publish(lines)
        #expect(reply.results.map { $0.receipt["sequence"] as? Int } == Array(1...1_000))
        #expect(pod.next() == "0")
        let tooMany = try publish(lines + "\n{}")
        #expect(tooMany.errorCode == "batch_too_large")
        #expect(tooMany.error["limit"] as? Int == 1_000)
    }

    @Test func `the largest batch has room in the log of an enveloped topic`() throws {
        let topic = "orders=static://\(pod.endpoint)?format=enveloped"
        let topics = try GatewayConfiguration.load(name: "pod-1", arguments: ["--topic", topic], environment: [:])
            .topics
        let gateway = try RunningGateway { $0.topics = topics }
        let line = #"{"payload":"\#(String(repeating: "x", count: 16_760))"}"#
        let lines = Array(repeating: line, count: 1_000).joined(separator: "\n")
        #expect(lines.utf8.count > 16_770_000)
        let reply = try gateway.publish(lines, to: "/publish/orders/batch", headers: [lineType])
        #expect(Set(reply.results.map(\.status)) == [201])
        #expect(reply.results.count == 1_000)
    }

    @Test func `a batch of nothing has no results`() throws {
        #expect(try gateway.call("POST", "/publish/orders/batch").text == "{\"results\":[]}\n")
        #expect(try publish("\n\r\n").text == "{\"results\":[]}\n")
    }

    @Test func `without a content type entries are lines`() throws {
        #expect(try gateway.publish(#"{"payload":"x"}"#, to: "/publish/orders/batch").results.map(\.status) == [201])
        let form = ["Content-Type: application/x-www-form-urlencoded"]
        let reply = try gateway.publish(#"{"payload":"x"}"#, to: "/publish/orders/batch", headers: form)
        #expect(reply.results.map(\.status) == [201])
    }

    @Test func `any other content type is 415`() throws {
        let reply = try publish("[]", headers: ["Content-Type: application/json"])
        #expect(reply.status == 415)
        #expect(reply.errorCode == "unsupported_media_type")
    }

    @Test func `options of the request hold for every entry`() throws {
        let reply = try publish(
            #"{"payload":"x"}"#, #"{"payload":"x"}"#, to: "/publish/orders/batch?copies=2&spacing=1ms")
        #expect(reply.results.map { $0.receipt["copies"] as? Int } == [2, 2])
        let refused = try publish(#"{"payload":"x"}"#, to: "/publish/orders/batch?require=9")
        #expect(refused.status == 200)
        #expect(refused.results.map(\.errorCode) == ["too_few_subscribers"])
        #expect(try publish("", to: "/publish/orders/batch?copy=2").status == 400)
    }

    @Test func `attributes and time to live are those of the entry, else of the request`() throws {
        let pod = try EnvelopedPod(3)
        let body = """
            {"payload":"a","attributes":{"region":"us"},"ttl":"1s"}
            {"payload":"b","contentType":"text/plain"}
            """
        let headers = [lineType, "Headcast-Attribute-Region: eu"]
        let reply = try pod.gateway.publish(body, to: "/publish/orders/batch?ttl=9s", headers: headers)
        #expect(reply.results.map(\.status) == [201, 201])
        let messages = [try pod.next(), try pod.next()]
        #expect(messages.map(\.payload) == ["a", "b"])
        #expect(messages.map { $0.attributes["region"] } == ["us", "eu"])
        #expect(messages.map { $0.attributes["content-type"] } == [nil, "text/plain"])
        #expect(messages.map(\.ttlMilliseconds) == [1_000, 9_000])
    }

    @Test func `entries have keys of their own`() throws {
        let keyed = #"{"payload":"x","idempotencyKey":"k"}"#
        let first = try publish(keyed, keyed, #"{"payload":"y","idempotencyKey":"k"}"#)
        #expect(first.results[0].status == 201 && first.results[2].status == 422)
        // The first is under way, unless its slice of the batch was over before the second came.
        let second = first.results[1]
        #expect(second.status == 409 || second.status == 201 && second.receipt["replayed"] as? Bool == true)
        let again = try publish(keyed)
        #expect(again.results.map { $0.receipt["replayed"] as? Bool } == [true])
        #expect(again.results[0].receipt["id"] as? String == first.results[0].receipt["id"] as? String)
        let reply = try publish(keyed, headers: ["Idempotency-Key: k"])
        #expect(reply.status == 400)
        #expect(reply.error["parameter"] as? String == "Idempotency-Key")
    }

    @Test func `events have their own results`() throws {
        let event = #"{"specversion":"1.0","id":"7","source":"/","type":"t","data":"x"}"#
        let headers = ["Content-Type: application/cloudevents-batch+json"]
        let reply = try publish("[\(event),{},\(event)]", headers: headers)
        #expect(reply.results.map(\.status) == [201, 400, 201])
        #expect(reply.results.map(\.errorCode) == [nil, "invalid_event", nil])
        #expect(
            reply.results[0].receipt["dropped"] as? [String] == [
                "content-type", "ce-specversion", "ce-id", "ce-source", "ce-type",
            ])
        #expect(pod.next() == "\"x\"")
        #expect(try publish("[\(event),", headers: headers).errorCode == "malformed_request")
    }

    @Test func `an entry that says so is an event, as a publish of its own would be`() throws {
        let pod = try EnvelopedPod(4)
        let event = #"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/\",\"type\":\"t\",\"data\":[1]}"#
        let type = #""contentType":"application/cloudevents+json; charset=utf-8""#
        let reply = try pod.gateway.publish(
            """
            {"payload":"\(event)",\(type),"attributes":{"region":"eu"}}
            {"payload":"hello",\(type)}
            {"payload":"hello","contentType":"application/cloudevents+avro"}
            {"payload":"hello","contentType":""}
            """, to: "/publish/orders/batch", headers: [lineType])
        #expect(reply.results.map(\.errorCode) == [nil, "invalid_event", "unsupported_media_type", nil])
        let message = try pod.next()
        #expect(message.payload == "[1]")
        #expect(
            message.attributes.items.map { "\($0.name)=\($0.value)" } == [
                "content-type=application/json", "ce-specversion=1.0", "ce-id=7", "ce-source=/", "ce-type=t",
                "region=eu",
            ])
        #expect(try pod.next().attributes.isEmpty)
    }

    @Test func `headers that make one event are refused in a batch`() throws {
        let headers = [lineType, "ce-specversion: 1.0", "ce-id: 7", "ce-source: /", "ce-type: t"]
        let reply = try publish(#"{"payload":"x"}"#, headers: headers)
        #expect(reply.status == 400 && reply.errorCode == "invalid_event")
    }

    @Test func `a batch of more than 16 MiB is 413 before it is sent`() throws {
        let headers = [lineType, "Content-Length: 16777217", "Expect: 100-continue"]
        let reply = try gateway.call("POST", "/publish/orders/batch", headers: headers)
        #expect(reply.errorCode == "batch_too_large")
        #expect(reply.error["limit"] as? Int == 16_777_216)
    }

    @Test func `entries that wait for a lookup in vain each have that result`() throws {
        let unresolved = try RunningGateway { configuration in
            configuration.resolver = .init(address: .loopback, port: 1)
            configuration.topics[0].source = .dns(name: "pods.test", port: .number(9))
        }
        let reply = try unresolved.publish(
            "{\"payload\":\"x\"}\n{}\n{\"payload\":\"y\"}", to: "/publish/orders/batch",
            headers: ["Cache-Control: no-cache"])
        #expect(reply.results.map(\.errorCode) == Array(repeating: "membership_stale", count: 3))
    }

    @Test func `a topic may be called batch`() throws {
        let gateway = try RunningGateway { $0.topics = [TopicConfiguration(name: "batch", source: .static([]))] }
        #expect(try gateway.publish("x", to: "/publish/batch").json["topic"] as? String == "batch")
        #expect(try gateway.publish("{\"payload\":\"\"}", to: "/publish/batch/batch").results.map(\.status) == [202])
        #expect(try gateway.call("GET", "/publish/batch/batch").headers["allow"] == "POST")
        #expect(try gateway.publish("x", to: "/publish/orders/batch").status == 404)
        #expect(try gateway.publish("x", to: "/publish/batch/other").status == 404)
    }
}
