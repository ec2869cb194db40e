import Endpoints
import FanOut
import Foundation
import HTTPForTests
import Testing

@testable import Gateway

struct IdempotencyRouteTests {
    let pod: Pod
    let gateway: RunningGateway

    init() throws {
        let pod = try Pod()
        self.pod = pod
        gateway = try Self.gateway(of: pod)
    }

    private static func gateway(of pod: Pod) throws -> RunningGateway {
        try RunningGateway { configuration in
            configuration.topics = ["orders", "prices"].map {
                TopicConfiguration(name: $0, source: .static([pod.endpoint]))
            }
        }
    }

    private let key = ["Idempotency-Key: 8e03978e"]

    @Test func `a repetition is answered with the first receipt, and nothing is sent again`() throws {
        let first = try gateway.publish("hello", headers: key)
        let second = try gateway.publish("hello", headers: key + ["traceparent: another"])
        #expect(first.status == 201)
        #expect(first.json["replayed"] == nil)
        #expect(first.headers["idempotency-replayed"] == nil)
        #expect(second.status == 201)
        #expect(second.json["replayed"] as? Bool == true)
        #expect(second.headers["idempotency-replayed"] == "true")
        #expect(second.headers["location"] == first.headers["location"])
        #expect(second.text.replacing(#","replayed":true"#, with: "") == first.text)
        #expect(pod.next() == "hello")
        #expect(!pod.hasMore)
    }

    @Test func `the same key with another message is 422`() throws {
        _ = try gateway.publish("hello", headers: key)
        let reply = try gateway.publish("bye", headers: key)
        #expect(reply.status == 422)
        #expect(reply.errorCode == "idempotency_mismatch")
        #expect(try gateway.publish("hello", headers: key + ["Content-Type: text/plain"]).status == 422)
    }

    @Test func `the same key while the first is under way is 409`() throws {
        let gateway = try RunningGateway { [pod] configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
            configuration.topics[0].format = .enveloped
            // It takes seconds to leave.
            configuration.topics[0].maximumPayloadBytes = 8 << 20
            configuration.topics[0].burstBytes = 1_232
        }
        let long = String(repeating: "x", count: 8 << 20)
        let first = Pending { [key] in try gateway.publish(long, headers: key) }
        while try gateway.call("GET", "/metrics").text.contains(#"headcast_messages_total{topic="orders"} 0"#) {}
        let reply = try gateway.publish(long, headers: key)
        #expect(reply.status == 409)
        #expect(reply.errorCode == "idempotency_in_progress")
        // Not worth waiting for.
        gateway.requestStop()
        gateway.requestStop()
        _ = try? first.reply()
    }

    @Test func `each topic has its own keys`() throws {
        let first = try gateway.publish("hello", headers: key)
        let other = try gateway.publish("bye", to: "/publish/prices", headers: key)
        #expect(other.status == 201)
        #expect(other.json["id"] as? String != first.json["id"] as? String)
    }

    @Test func `a publish that was refused leaves its key free`() throws {
        let refused = try gateway.publish("hello", to: "/publish/orders?require=2", headers: key)
        #expect(refused.status == 503)
        let reply = try gateway.publish("bye", headers: key)
        #expect(reply.status == 201)
        #expect(reply.json["replayed"] == nil)
    }

    @Test func `the id is the same at every gateway`() throws {
        let id = try gateway.publish("hello", headers: key).json["id"] as? String
        let other = try Self.gateway(of: pod)
        #expect(try other.publish("hello", headers: key).json["id"] as? String == id)
        #expect(Array(try #require(id))[14] == "8")
        #expect(try gateway.call("GET", "/messages/\(id ?? "")").json["id"] as? String == id)
    }

    @Test func `a failed send is told again, too`() throws {
        let failing = try RunningGateway { configuration in
            configuration.topics[0].source = .static([.init("255.255.255.255:9")].compactMap { $0 })
        }
        let first = try failing.publish("hello", headers: key)
        let second = try failing.publish("hello", headers: key)
        #expect(first.status == 502)
        #expect(second.status == 502)
        #expect((second.error["receipt"] as? [String: Any])?["replayed"] as? Bool == true)
    }

    @Test func `a key that is not possible is 400`() throws {
        let reply = try gateway.publish("hello", headers: ["Idempotency-Key: \(String(repeating: "k", count: 256))"])
        #expect(reply.status == 400)
        #expect(reply.error["parameter"] as? String == "Idempotency-Key")
    }
}
