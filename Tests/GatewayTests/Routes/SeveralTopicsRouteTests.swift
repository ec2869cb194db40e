import Endpoints
import FanOut
import Foundation
import HTTPForTests
import Testing

@testable import Gateway

struct SeveralTopicsRouteTests {
    let pods: [Pod]
    let gateway: RunningGateway

    init() throws {
        let pods = [try Pod(2), try Pod(3)]
        self.pods = pods
        gateway = try RunningGateway { configuration in
            configuration.topics = [
                TopicConfiguration(name: "orders", source: .static([pods[0].endpoint])),
                TopicConfiguration(name: "prices", source: .static([pods[1].endpoint])),
                TopicConfiguration(name: "small", source: .static([])),
                TopicConfiguration(name: "cards", source: .static([])),
            ]
            configuration.topics[2].maximumPayloadBytes = 4
            configuration.topics[3].format = .enveloped
        }
    }

    @Test func `one message goes to each topic of the query, each with its result`() throws {
        let reply = try gateway.publish("hello", to: "/publish?topic=orders&topic=small&topic=none&topic=prices")
        #expect(reply.status == 200)
        #expect(reply.results.map(\.status) == [201, 413, 404, 201])
        #expect(reply.results.map(\.errorCode) == [nil, "payload_too_large", "unknown_topic", nil])
        #expect(reply.results.map { $0.receipt["topic"] as? String } == ["orders", nil, nil, "prices"])
        #expect(pods[0].next() == "hello")
        #expect(pods[1].next() == "hello")
    }

    @Test func `one topic in the query has one result`() throws {
        #expect(try gateway.publish("x", to: "/publish?topic=small&copies=2").results.map(\.status) == [202])
    }

    @Test func `attributes are dropped where they cannot travel`() throws {
        let reply = try gateway.publish(
            "x", to: "/publish?topic=orders&topic=cards", headers: ["Content-Type: text/plain"])
        #expect(reply.results.map { $0.receipt["dropped"] as? [String] } == [["content-type"], nil])
    }

    @Test func `a key holds for each topic by itself`() throws {
        let key = ["Idempotency-Key: k"]
        _ = try gateway.publish("x", headers: key)
        let reply = try gateway.publish("x", to: "/publish?topic=orders&topic=prices", headers: key)
        #expect(reply.results.map { $0.receipt["replayed"] as? Bool } == [true, nil])
    }

    @Test(arguments: [
        ("topic=orders&topic=orders", "invalid_parameter"), ("topic=none", "unknown_topic"),
        ("topic=orders&%", "malformed_request"), ("topic=orders&topik=prices", "unknown_parameter"),
        ("topic=orders&copies=0", "invalid_parameter"), ("copies=1", "topic_required"), ("topic=", "unknown_topic"),
        ("topics=orders", "unknown_parameter"),
    ])
    func `a query that makes no sense is refused as a whole`(query: String, code: String) throws {
        #expect(try gateway.publish("x", to: "/publish?\(query)").errorCode == code)
        #expect(!pods[0].hasMore)
    }

    @Test(arguments: [
        ("?topics=orders", #"unknown query parameter "topics"; did you mean topic?"#),
        (
            "",
            "this gateway has several topics; publish at /publish/TOPIC, or at /publish?topic=A&topic=B: "
                + "orders, prices, small, cards"
        ),
        (
            "?topic=orders,prices",
            #"unknown topic "orders,prices"; no name has a comma; to publish to several, repeat topic= for each: "#
                + "/publish?topic=A&topic=B"
        ),
        ("?topic=", "the name of the topic is empty; this gateway has orders, prices, small, cards"),
        ("/", "the name of the topic is empty; this gateway has orders, prices, small, cards"),
    ])
    func `a request that names its topics wrong is told how`(target: String, message: String) throws {
        #expect(try gateway.publish("x", to: "/publish\(target)").error["message"] as? String == message)
    }

    @Test func `a body that no topic takes is 413`() throws {
        let body = String(repeating: "x", count: 1_233)
        let reply = try gateway.publish(body, to: "/publish?topic=orders&topic=small")
        #expect(reply.errorCode == "payload_too_large")
        #expect(reply.error["limit"] as? Int == 1_232)
    }

    @Test func `a path with a topic takes no other in the query`() throws {
        #expect(try gateway.publish("x", to: "/publish/orders?topic=prices").errorCode == "unknown_parameter")
    }
}
