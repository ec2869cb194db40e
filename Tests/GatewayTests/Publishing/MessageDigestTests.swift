import Digests
import FanOut
import Testing
import Wire

@testable import Gateway

struct MessageDigestTests {
    private func digest(_ payload: String, _ items: [(String, String)] = []) throws -> SHA256Digest {
        var attributes = Attributes()
        for (name, value) in items { try attributes.add(checking: name, value) }
        return SHA256Digest(payload: Array(payload.utf8).span.bytes, attributes: attributes)
    }

    @Test func `payload and attributes make the digest, in whatever order attributes come`() throws {
        let items = [("a", "1"), ("content-type", "x")]
        #expect(try digest("p", items) == digest("p", items.reversed()))
        #expect(try digest("p", items) != digest("q", items))
        #expect(try digest("p", items) != digest("p", [("a", "2"), ("content-type", "x")]))
        #expect(try digest("p", items) != digest("p", [("a", "1")]))
        #expect(try digest("p", [("a", "bc")]) != digest("p", [("ab", "c")]))
        #expect(try digest("", [("a", "")]) != digest("a"))
    }

    @Test func `the trace makes no difference, since a repetition has another`() throws {
        #expect(try digest("p", [("traceparent", "1"), ("a", "1"), ("tracestate", "2")]) == digest("p", [("a", "1")]))
    }

    @Test func `topic, key and digest make the id`() throws {
        let key = try IdempotencyKey(Array("k".utf8))
        let id = MessageID(topic: "orders", key: key, digest: try digest("p"))
        #expect(try id == MessageID(topic: "orders", key: key, digest: digest("p")))
        #expect(try id != MessageID(topic: "orders", key: key, digest: digest("q")))
        #expect(try id != MessageID(topic: "order", key: IdempotencyKey(Array("sk".utf8)), digest: digest("p")))
        #expect(try id != MessageID(topic: "orders", key: IdempotencyKey(Array("l".utf8)), digest: digest("p")))
    }

    @Test func `the id is a UUID of version 8 that tells no time`() throws {
        for index in 0..<100 {
            let key = try IdempotencyKey(Array("\(index)".utf8))
            let id = MessageID(topic: "orders", key: key, digest: try digest("p"))
            #expect(id.bits >> 76 & 0xF == 8)
            #expect(id.bits >> 62 & 0b11 == 0b10)
            #expect(id.madeAt == nil)
        }
    }

    @Test func `the id is the same in every version of the program`() throws {
        let key = try IdempotencyKey(Array("8e03978e-40d5".utf8))
        let id = MessageID(topic: "orders", key: key, digest: try digest("hello", [("content-type", "text/plain")]))
        #expect(id.description == "e5239318-5990-80e8-87b2-6e7ec522f3fe")
    }
}
