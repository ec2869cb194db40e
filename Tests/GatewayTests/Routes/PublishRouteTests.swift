import Endpoints
import FanOut
import Foundation
import HTTPForTests
import Testing

@testable import Gateway

struct PublishRouteTests {
    let pod: Pod
    let gateway: RunningGateway

    init() throws {
        let pod = try Pod()
        self.pod = pod
        gateway = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
        }
    }

    @Test func `a publish is answered with a receipt of exactly these fields`() throws {
        let reply = try gateway.publish("hello")
        #expect(reply.status == 201)
        #expect(
            reply.memberNames == [
                "id", "topic", "gateway", "epoch", "sequence", "publishedAt", "payloadBytes", "subscribers", "sent",
                "failed", "copies", "copiesSent", "revision", "stale",
            ])
        #expect(reply.headers["content-type"] == "application/json")
        #expect(reply.body.last == UInt8(ascii: "\n"))
        #expect(pod.next() == "hello")
    }

    @Test func `the receipt is found at its Location`() throws {
        let reply = try gateway.publish("hello")
        let location = try #require(reply.headers["location"])
        let found = try gateway.call("GET", location)
        #expect(found.status == 200)
        #expect(found.json["id"] as? String == reply.json["id"] as? String)
        #expect(found.memberNames.last == "endpoints")
    }

    @Test func `without a topic in the path the only topic is published to`() throws {
        #expect(try gateway.publish("x", to: "/publish").json["topic"] as? String == "orders")
    }

    @Test func `with several topics the path must name one`() throws {
        let several = try RunningGateway { $0.topics.append(TopicConfiguration(name: "prices", source: .static([]))) }
        let reply = try several.publish("x", to: "/publish")
        #expect(reply.status == 400)
        #expect(reply.errorCode == "topic_required")
    }

    @Test func `nobody to send to is 202`() throws {
        let empty = try RunningGateway()
        let reply = try empty.publish("x")
        #expect(reply.status == 202)
        #expect(reply.json["subscribers"] as? Int == 0)
    }

    @Test func `a message that could be sent to nobody is 502 with its receipt`() throws {
        let failing = try RunningGateway { configuration in
            let endpoints = [Endpoint("255.255.255.255:9")].compactMap { $0 }
            configuration.topics = [TopicConfiguration(name: "orders", source: .static(endpoints))]
        }
        let reply = try failing.publish("x")
        #expect(reply.status == 502)
        #expect(reply.errorCode == "send_failed")
        let receipt = try #require(reply.error["receipt"] as? [String: Any])
        #expect(receipt["failed"] as? Int == 1)
    }

    @Test(arguments: [
        ("copies=0", "invalid_parameter"), ("copies=17", "invalid_parameter"), ("copies=", "invalid_parameter"),
        ("copies=1&copies=2", "invalid_parameter"), ("spacing=soon", "invalid_parameter"),
        ("spacing=0", "invalid_parameter"), ("require=-1", "invalid_parameter"), ("copy=3", "unknown_parameter"),
        ("%", "malformed_request"), ("copies=%zz", "malformed_request"), ("a=%00", "malformed_request"),
    ])
    func `a query that makes no sense is 400`(query: String, code: String) throws {
        let reply = try gateway.publish("x", to: "/publish/orders?\(query)")
        #expect(reply.status == 400)
        #expect(reply.errorCode == code)
        #expect(!pod.hasMore)
    }

    @Test func `copies asked for in the query win over those of the header`() throws {
        let reply = try gateway.publish("x", to: "/publish/orders?copies=2", headers: ["Headcast-Copies: 5"])
        #expect(reply.json["copies"] as? Int == 2)
        #expect(try gateway.publish("x", headers: ["headcast-copies: 5"]).json["copies"] as? Int == 5)
    }

    @Test func `a mistyped header is 400 and names the nearest`() throws {
        let reply = try gateway.publish("x", headers: ["Headcast-Copy: 3"])
        #expect(reply.status == 400)
        #expect(reply.errorCode == "unknown_parameter")
        #expect(
            reply.error["message"] as? String == #"unknown header "Headcast-Copy"; did you mean Headcast-Copies?"#)
        #expect(!pod.hasMore)
    }

    @Test func `fewer subscribers than required is 503 and sends nothing`() throws {
        let reply = try gateway.publish("x", to: "/publish/orders?require=2")
        #expect(reply.status == 503)
        #expect(reply.errorCode == "too_few_subscribers")
        #expect(reply.headers["retry-after"] == "1")
        #expect(!pod.hasMore)
        #expect(try gateway.publish("x", to: "/publish/orders?require=1").status == 201)
    }

    @Test func `a payload over the limit is 413 that names the limit`() throws {
        let reply = try gateway.publish(String(repeating: "x", count: 1_233))
        #expect(reply.status == 413)
        #expect(reply.error["limit"] as? Int == 1_232)
        #expect(try gateway.publish(String(repeating: "x", count: 1_232)).status == 201)
        #expect(pod.next()?.utf8.count == 1_232)
    }

    @Test func `an event over the limit is 413 that names its size`() throws {
        let gateway = try RunningGateway { $0.topics[0].format = .cloudevents }
        let long = try gateway.publish(String(repeating: "x", count: 1_232))
        #expect(long.status == 413)
        let message = try #require(long.error["message"] as? String)
        let size = try #require(
            message.firstMatch(of: #/^the event of (\d+) bytes exceeds the topic's datagramBytes, 1232$/#))
        #expect(try #require(Int(size.1)) > 1_400)
        #expect(long.error["limit"] as? Int == 1_232)
        let fitting = 1_232 - (try #require(Int(size.1)) - 1_232)
        #expect(try gateway.publish(String(repeating: "x", count: fitting)).status == 202)
        #expect(try gateway.publish(String(repeating: "x", count: fitting + 1)).status == 413)
        let longer = try gateway.publish(String(repeating: "x", count: 1_233))
        #expect(
            longer.error["message"] as? String
                == "payload of 1233 bytes exceeds the topic's limit of 1232 bytes, in which the whole event has to fit")
    }

    @Test(arguments: [("gzip", 415), ("identity", 201), ("", 201)])
    func `a payload whose encoding would not travel is refused`(encoding: String, status: Int) throws {
        let reply = try gateway.publish("x", headers: ["Content-Encoding: \(encoding)"])
        #expect(reply.status == status)
        let second = try gateway.publish("x", headers: ["Content-Encoding: identity", "content-encoding: \(encoding)"])
        #expect(second.status == status)
    }

    @Test func `an unknown topic is 404 and names the nearest`() throws {
        let reply = try gateway.publish("x", to: "/publish/order")
        #expect(reply.status == 404)
        #expect(reply.error["message"] as? String == #"unknown topic "order"; did you mean orders?"#)
    }

    @Test func `a topic's name may be percent-encoded`() throws {
        #expect(try gateway.publish("x", to: "/publish/%6frders").status == 201)
    }

    @Test func `reading where one publishes is 405 with Allow`() throws {
        let reply = try gateway.call("GET", "/publish/orders")
        #expect(reply.status == 405)
        #expect(reply.headers["allow"] == "POST")
        #expect(reply.errorCode == "method_not_allowed")
    }

    @Test func `more bytes per second than allowed is 429`() throws {
        let pod = pod
        let limited = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
            configuration.topics[0].maximumBytesPerSecond = 1_000
        }
        #expect(try limited.publish(String(repeating: "x", count: 1_000)).status == 201)
        let reply = try limited.publish(String(repeating: "x", count: 1_000))
        #expect(reply.status == 429)
        #expect(reply.headers["retry-after"] == "1")
        #expect(pod.next()?.utf8.count == 1_000)
        #expect(!pod.hasMore)
    }

    @Test func `a name that never resolved is 503`() throws {
        let unresolved = try RunningGateway { configuration in
            configuration.resolver = Endpoint(address: .loopback, port: 1)
            configuration.topics = [
                TopicConfiguration(name: "orders", source: .dns(name: "pods.test", port: .number(9)))
            ]
        }
        let reply = try unresolved.publish("x")
        #expect(reply.status == 503)
        #expect(reply.errorCode == "unresolved")
        #expect(try unresolved.call("GET", "/readyz").status == 503)
        let fresh = try unresolved.publish("x", headers: ["Cache-Control: no-cache"])
        #expect(fresh.errorCode == "membership_stale")
    }

    /// A gateway whose name server never answers.
    private func waitingGateway(
        _ change: @escaping @Sendable (inout GatewayConfiguration) -> Void
    ) throws -> (RunningGateway, silent: Pod) {
        let silent = try Pod(9)
        let pod = pod
        let gateway = try RunningGateway { configuration in
            configuration.resolver = silent.endpoint
            configuration.topics = [
                TopicConfiguration(name: "orders", source: .dns(name: "pods.test", port: .number(9))),
                TopicConfiguration(name: "prices", source: .static([pod.endpoint])),
            ]
            change(&configuration)
        }
        return (gateway, silent)
    }

    @Test func `publishes that wait for a lookup are bounded and hold up no other topic`() throws {
        let (gateway, silent) = try waitingGateway { $0.maximumWaiting = 1 }
        let first = Pending { try gateway.publish("x", headers: ["Cache-Control: no-cache"]) }
        try waitUntilOneWaits(gateway)
        #expect(try gateway.publish("x", headers: ["Cache-Control: no-cache"]).errorCode == "overloaded")
        #expect(try gateway.publish("x", to: "/publish/prices").status == 201)
        #expect(try first.reply().errorCode == "membership_stale")
        withExtendedLifetime(silent) {}
    }

    @Test func `whoever waits when the drain times out is answered`() throws {
        let (gateway, silent) = try waitingGateway { $0.drainTimeout = .milliseconds(100) }
        let reply = Pending { try gateway.publish("x", headers: ["Cache-Control: no-cache"]) }
        try waitUntilOneWaits(gateway)
        gateway.requestStop()
        #expect(try reply.reply().errorCode == "draining")
        #expect(gateway.ends(within: 10))
        withExtendedLifetime(silent) {}
    }

    private func waitUntilOneWaits(_ gateway: RunningGateway) throws {
        let line = "headcast_publishes_waiting{topic=\"orders\"} 1\n"
        while try !gateway.call("GET", "/metrics").text.contains(line) {}
    }

    @Test func `a stopping gateway answers what it accepted and ends`() throws {
        gateway.requestStop()
        #expect(gateway.ends(within: 10))
    }
}
