import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct LimitTests {
    @Test func `a log full of what is still to be sent refuses, loses nothing, and recovers`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.ringBytes = 64 << 10 }
        for index in 0..<64 { try fixture.publish("\(index)", byteCount: 1_024) }
        #expect(throws: PublishFault.overloaded) { try fixture.publish("x") }
        #expect(throws: PublishFault.overloaded) { try fixture.publish("x") }
        #expect(fixture.topic.sequence == 64)
        #expect(fixture.topic.counters.overloaded == 2)
        #expect(fixture.topic.backlog == (64, 64 << 10))
        fixture.settle()
        let next = try fixture.publish("next")
        fixture.finish()
        #expect(pod.texts().map { String($0.prefix { $0 != "." }) } == (0..<64).map { "\($0)" } + ["next"])
        #expect(fixture.ledger[next]?.sequence == 65)
        #expect(fixture.topic.backlog == (0, 0))
    }

    @Test func `an empty payload too takes a place in a full log`() throws {
        let fixture = try TopicFixture([Endpoint]()) { $0.ringBytes = 4_096 }
        for _ in 0..<4_096 { try fixture.publish("") }
        #expect(throws: PublishFault.overloaded) { try fixture.publish("") }
        fixture.settle()
        try fixture.publish("")
    }

    @Test func `copies that are due are not overtaken, those that are not are counted`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) {
            $0.ringBytes = 64 << 10
            $0.spacing = .milliseconds(10)
        }
        let copied = try fixture.publish("copied", byteCount: 1_024, PublishOptions(copies: 3))
        for _ in 0..<63 { try fixture.publish("once", byteCount: 1_024) }
        fixture.settle()
        fixture.advance(.milliseconds(10))
        #expect(throws: PublishFault.overloaded) { try fixture.publish("newer", byteCount: 1_024) }
        fixture.settle()
        try fixture.publish("newer", byteCount: 1_024)
        fixture.finish()
        #expect(pod.texts().count { $0.hasPrefix("copied") } == 2)
        #expect(fixture.ledger[copied]?.copiesSent == 2)
        #expect(fixture.ledger[copied]?.failed == 0)
        #expect(fixture.topic.counters.copiesOverrun == 1)
        #expect(fixture.topic.counters.copiesFailed == 1)
        #expect(fixture.outcomes(copied)[pod.endpoint]?.copiesSent == 2)
    }

    @Test func `a subscriber is sent at most 64 KiB in any millisecond, and little less`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint])
        for index in 0..<1_024 { try fixture.publish("x", byteCount: 1_000 + index % 3) }
        let start = fixture.now.instant
        var arrivals: [(at: Instant, bytes: Int)] = []
        while case .idle(let until?) = fixture.settle() {
            arrivals.append((fixture.now.instant, pod.received().reduce(0) { $0 + $1.count }))
            fixture.advance(until - fixture.now.instant)
        }
        let elapsed = fixture.now.instant - start
        for arrival in arrivals {
            let window = arrival.at..<(arrival.at + .milliseconds(1))
            #expect(arrivals.reduce(0) { window.contains($1.at) ? $0 + $1.bytes : $0 } <= 64 << 10)
        }
        #expect(arrivals.reduce(0) { $0 + $1.bytes } + pod.received().reduce(0) { $0 + $1.count } == 1_024 * 1_001 - 1)
        #expect(elapsed <= .milliseconds(20))
    }

    @Test func `a topic's bytes per second are counted after fan-out and come back with time`() throws {
        let pods = [try LoopbackPod(2).endpoint, try LoopbackPod(3).endpoint]
        let fixture = try TopicFixture(pods) {
            $0.maximumBytesPerSecond = 10_000
            $0.copies = 2
        }
        for _ in 0..<5 { try fixture.publish("x", byteCount: 500) }
        let fault = #expect(throws: PublishFault.self) { try fixture.publish("x", byteCount: 500) }
        guard case .rateLimited(let wait) = fault else {
            Issue.record("expected a refusal for the rate, got \(String(describing: fault))")
            return
        }
        #expect(wait >= .milliseconds(200) && wait < .milliseconds(201))
        #expect(fixture.topic.counters.rateLimited == 1)
        #expect(fixture.topic.sequence == 5)
        fixture.advance(wait)
        try fixture.publish("x", byteCount: 500)
    }

    @Test func `what sends nothing needs no budget`() throws {
        let pod = try LoopbackPod(2)
        let fixture = try TopicFixture([pod.endpoint]) { $0.maximumBytesPerSecond = 100 }
        try fixture.publish("x", byteCount: 1_000)
        #expect(throws: PublishFault.self) { try fixture.publish("x", byteCount: 1) }
        try fixture.publish("")
        fixture.settle()
        fixture.join([])
        try fixture.publish("x", byteCount: 1_000)
    }

    @Test func `what is refused for another reason costs no budget`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.maximumBytesPerSecond = 100 }
        let tooMany = PublishOptions(require: 2)
        #expect(throws: PublishFault.tooFewSubscribers(present: 1, required: 2)) {
            try fixture.publish("x", byteCount: 100, tooMany)
        }
        try fixture.publish("x", byteCount: 100, PublishOptions(require: 1))
    }

    @Test func `a membership never resolved refuses, one that is empty does not`() throws {
        let fixture = try TopicFixture(nil)
        #expect(throws: PublishFault.unresolved) { try fixture.publish("x") }
        fixture.join([Endpoint]())
        try fixture.publish("x")
        #expect(fixture.topic.sequence == 1)
    }

    @Test func `a payload one byte too large is refused, the largest is taken`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.maximumPayloadBytes = 65_507 }
        #expect(throws: PublishFault.payloadTooLarge(bytes: 65_508, limit: 65_507)) {
            try fixture.publish("x", byteCount: 65_508)
        }
        let position = try fixture.publish("x", byteCount: 65_507)
        fixture.settle()
        #expect(fixture.ledger[position]?.sent == 1)
        #expect(pod.received().map(\.count) == [65_507])
    }
}
