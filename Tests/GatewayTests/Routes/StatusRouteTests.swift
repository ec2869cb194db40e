import Endpoints
import Foundation
import HTTPForTests
import Testing

@testable import Gateway

struct StatusRouteTests {
    let pods: [Pod]
    let gateway: RunningGateway

    init() throws {
        let pods = try (2..<7).map { try Pod($0) }
        self.pods = pods
        gateway = try RunningGateway { configuration in
            configuration.topics = [
                TopicConfiguration(name: "orders", source: .static(pods.map(\.endpoint))),
                TopicConfiguration(name: "prices", source: .static([])),
            ]
        }
    }

    private func items(_ target: String) throws -> [[String: Any]] {
        try gateway.call("GET", target).json["items"] as? [[String: Any]] ?? []
    }

    @Test func `status has exactly these fields`() throws {
        let reply = try gateway.call("GET", "/status")
        #expect(reply.memberNames == ["version", "gateway", "startedAt", "topics"])
        let topics = try #require(reply.json["topics"] as? [[String: Any]])
        #expect(topics.count == 2)
        #expect(
            Set(topics[0].keys) == [
                "topic", "format", "policy", "copies", "spacingSeconds", "epoch", "maximumPayloadBytes",
                "datagramBytes", "fragments",
                "backlog", "membership", "counters", "subscriberCount", "subscribers", "receipts",
            ])
        let rows = try #require(topics[0]["subscribers"] as? [[String: Any]])
        #expect(rows.count == 5)
        #expect(
            Set(rows[0].keys) == [
                "endpoint", "name", "state", "since", "sent", "failed", "lastError", "lastErrorAt",
            ])
    }

    @Test func `status may be asked for one topic`() throws {
        let topics = try gateway.call("GET", "/status?topic=prices").json["topics"] as? [[String: Any]]
        #expect(topics?.map { $0["topic"] as? String } == ["prices"])
        #expect(try gateway.call("GET", "/status?topic=nope").status == 404)
    }

    @Test func `subscribers come in pages by endpoint`() throws {
        var seen: [String] = []
        var next: String? = ""
        while let after = next {
            let target = "/topics/orders/subscribers?limit=2" + (after.isEmpty ? "" : "&after=\(after)")
            let reply = try gateway.call("GET", target)
            seen += (reply.json["items"] as? [[String: Any]] ?? []).compactMap { $0["endpoint"] as? String }
            next = reply.json["next"] as? String
        }
        #expect(seen == pods.map { "\($0.endpoint)" })
    }

    @Test func `changes tell who joined, newest first`() throws {
        let changes = try items("/topics/orders/changes?limit=3")
        #expect(changes.map { $0["change"] as? String } == ["joined", "joined", "joined"])
        #expect(Set(changes[0].keys) == ["revision", "at", "change", "endpoint", "name", "reason"])
        #expect(try items("/topics/orders/changes?after=3").count == 2)
    }

    @Test func `messages come newest first, by topic and in pages`() throws {
        for index in 0..<5 {
            _ = try gateway.publish("\(index)", to: index % 2 == 0 ? "/publish/orders" : "/publish/prices")
        }
        #expect(
            try items("/messages").map { $0["topic"] as? String } == ["orders", "prices", "orders", "prices", "orders"])
        #expect(try items("/messages?topic=orders").map { $0["sequence"] as? Int } == [3, 2, 1])
        let first = try gateway.call("GET", "/messages?topic=orders&limit=2")
        let next = try #require(first.json["next"] as? String)
        #expect(try items("/messages?topic=orders&limit=2&after=\(next)").map { $0["sequence"] as? Int } == [1])
    }

    @Test func `messages may be asked for by endpoint and failure`() throws {
        _ = try gateway.publish("x")
        _ = try gateway.publish("x", to: "/publish/prices")
        #expect(try items("/messages?endpoint=\(pods[0].endpoint)").count == 1)
        #expect(try items("/messages?failed=true").isEmpty)
        #expect(try items("/messages?failed=false").count == 2)
    }

    @Test func `messages of an endpoint that never was a subscriber are refused, not none`() throws {
        let reply = try gateway.call("GET", "/messages?endpoint=127.9.9.9:9")
        #expect(reply.status == 400)
        #expect(reply.error["parameter"] as? String == "endpoint")
    }

    @Test func `a search looks at ten thousand receipts at most and says where to go on`() throws {
        let quiet = try RunningGateway()
        try quiet.publishMany(10_001)
        let first = try quiet.call("GET", "/messages?failed=true")
        #expect((first.json["items"] as? [Any])?.isEmpty == true)
        let next = try #require(first.json["next"] as? String)
        let second = try quiet.call("GET", "/messages?failed=true&after=\(next)")
        #expect(second.status == 200)
        #expect(second.json["next"] is NSNull)
    }

    @Test func `an unknown message is 404 that says who answers, back to when, and whom else to ask`() throws {
        let known = try #require(try gateway.publish("x").json["publishedAt"] as? String)
        let id = "01a20695-2af4-7100-9abc-178212343525"
        let reply = try gateway.call("GET", "/messages/\(id)")
        #expect(reply.status == 404)
        #expect(reply.errorCode == "unknown_message")
        #expect(reply.error["gateway"] as? String == "test")
        #expect(reply.error["remembersSince"] as? String == known)
        #expect(reply.error["publishedAt"] as? String == "2026-11-23T04:06:08.884Z")
        let message = try #require(reply.error["message"] as? String)
        #expect(message.hasPrefix("gateway test has no receipt of message \(id), an id of 2026-11-23T04:06:08.884Z; "))
        #expect(message.contains("its last 65536 receipts, now back to \(known), and every replica keeps its own"))
        #expect(message.hasSuffix("headcast status --gateway dns://headcast-replicas:8080 --message \(id)"))
    }

    @Test func `a gateway that has published nothing says since when`() throws {
        let startedAt = try #require(try gateway.call("GET", "/status").json["startedAt"] as? String)
        let reply = try gateway.call("GET", "/messages/01a20695-2af4-7100-9abc-178212343525")
        #expect(reply.error["remembersSince"] is NSNull)
        #expect((reply.error["message"] as? String)?.contains("has none since its start at \(startedAt)") == true)
    }

    @Test func `an id that tells no time is unknown all the same`() throws {
        for id in ["01a20695-2af4-4100-9abc-178212343525", "ffffffff-ffff-7fff-bfff-ffffffffffff"] {
            let reply = try gateway.call("GET", "/messages/\(id)")
            #expect(reply.errorCode == "unknown_message")
            #expect(reply.error["publishedAt"] == nil)
        }
    }

    @Test(arguments: [
        "/topics?limit=0", "/topics?limit=1001", "/topics?after=%2F", "/messages?after=x", "/messages?failed=maybe",
        "/messages?endpoint=here", "/topics/orders/subscribers?after=1", "/topics/orders/changes?after=-1",
        "/status?topc=orders", "/livez?verbose=1", "/metrics?x",
    ])
    func `a query that makes no sense is 400`(target: String) throws {
        let reply = try gateway.call("GET", target)
        #expect(reply.status == 400)
        #expect(reply.errorCode == "invalid_parameter" || reply.errorCode == "unknown_parameter")
    }

    @Test(arguments: ["/", "/nope", "/status/", "/topics/orders/nope", "/messages/a/b", "/publish/a/b", "//status"])
    func `a path where nothing is is 404`(target: String) throws {
        let reply = try gateway.call("GET", target)
        #expect(reply.status == 404)
        #expect(reply.errorCode == "not_found")
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
    func `changing what can only be read is 405`(method: String) throws {
        let reply = try gateway.call(method, "/status", [])
        #expect(reply.status == 405)
        #expect(reply.headers["allow"] == "GET, HEAD")
    }

    @Test func `HEAD is GET without the body`() throws {
        let reply = try gateway.call("HEAD", "/status")
        #expect(reply.status == 200)
        #expect(reply.body.isEmpty)
        #expect(Int(reply.headers["content-length"] ?? "") ?? 0 > 100)
    }

    @Test func `metrics count what was sent`() throws {
        _ = try gateway.publish("x")
        let reply = try gateway.call("GET", "/metrics")
        #expect(reply.text.contains("headcast_datagrams_sent_total{topic=\"orders\"} 5\n"))
    }

    @Test func `the contract is served as the file has it, and as the type that RFC 9512 registered`() throws {
        let reply = try gateway.call("GET", "/openapi.yaml")
        #expect(reply.headers["content-type"] == "application/yaml")
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../openapi.yaml")
        #expect(try Data(reply.body) == Data(contentsOf: file))
    }

    @Test func `a gateway whose topics are resolved is ready until it is told to stop`() throws {
        #expect(try gateway.call("GET", "/readyz").status == 200)
        let leaving = try RunningGateway { $0.drainDelay = .seconds(30) }
        leaving.requestStop()
        while try leaving.call("GET", "/readyz").status == 200 {}
        let reply = try leaving.call("GET", "/readyz")
        #expect(reply.status == 503)
        #expect(reply.json["status"] as? String == "draining")
        #expect(try leaving.publish("still accepted").status == 202)
    }

    @Test func `a huge body for a path that takes none is refused without talk of topics`() throws {
        let reply = try gateway.call("GET", "/status", headers: ["Content-Length: 20000000"])
        #expect(reply.status == 413)
        #expect(reply.error["limit"] as? Int == 16_777_216)
        #expect(
            reply.error["message"] as? String == "this path takes no body, and at most 16777216 bytes of one are read")
    }
}
