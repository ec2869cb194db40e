import Clocks
import Testing
import Wire

@testable import FanOut

struct HeartbeatTests {
    /// The heartbeats that have arrived at `pod`.
    private func heartbeats(_ pod: borrowing LoopbackPod) throws -> [Heartbeat] {
        try EnvelopeCollector(pod.received()).heartbeats
    }

    @Test func `a subscriber that joins is told at once where it begins`() throws {
        let early = try LoopbackPod(2)
        let late = try LoopbackPod(3)
        let fixture = try TopicFixture(enveloped: [early.endpoint])
        fixture.settle()
        #expect(try heartbeats(early) == [Heartbeat(first: 1, next: 1)])
        for _ in 0..<3 {
            try fixture.publish("tea")
            fixture.settle()
        }
        fixture.join([early.endpoint, late.endpoint])
        fixture.settle()
        #expect(try heartbeats(late) == [Heartbeat(first: 4, next: 4)])
        #expect(try heartbeats(early).isEmpty)
    }

    @Test func `heartbeats follow the last datagram at doubling intervals up to 30 seconds`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        try fixture.publish("tea")
        fixture.settle()
        _ = pod.received()
        var seen: [Int] = []
        for tenth in 1...1_500 {
            fixture.advance(.milliseconds(100))
            fixture.settle()
            if try !heartbeats(pod).isEmpty { seen.append(tenth) }
        }
        #expect(seen == [1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1_111, 1_411])
        try fixture.publish("milk")
        fixture.settle()
        let due = fixture.now.instant + .milliseconds(100)
        #expect(fixture.settle() == .idle(until: due))
    }

    @Test func `a heartbeat speaks of what was sent in the last ten seconds`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        try fixture.publish("a")
        fixture.settle()
        fixture.advance(.seconds(15))
        try fixture.publish("b")
        fixture.settle()
        _ = pod.received()
        fixture.advance(.milliseconds(100))
        fixture.settle()
        #expect(try heartbeats(pod) == [Heartbeat(first: 1, next: 3)])
        fixture.advance(.seconds(11))
        fixture.settle()
        #expect(try heartbeats(pod) == [Heartbeat(first: 2, next: 3)])
        fixture.advance(.seconds(30))
        fixture.settle()
        #expect(try heartbeats(pod) == [Heartbeat(first: 3, next: 3)])
    }

    @Test func `each subscriber is told of what was meant for it`() throws {
        let early = try LoopbackPod(2)
        let late = try LoopbackPod(3)
        let fixture = try TopicFixture(enveloped: [early.endpoint])
        fixture.prove()
        try fixture.publish("a")
        fixture.settle()
        fixture.join([early.endpoint, late.endpoint])
        try fixture.publish("b")
        fixture.settle()
        _ = early.received()
        _ = late.received()
        fixture.advance(.milliseconds(100))
        fixture.settle()
        #expect(try heartbeats(early) == [Heartbeat(first: 1, next: 3)])
        #expect(try heartbeats(late) == [Heartbeat(first: 2, next: 3)])
        #expect(fixture.topic.counters.heartbeatsSent == 4)
    }

    @Test func `a topic is not finished before subscribers know that it was all`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        fixture.settle()
        #expect(fixture.topic.isFinished)
        try fixture.publish("tea")
        #expect(!fixture.topic.isFinished)
        fixture.settle()
        #expect(!fixture.topic.isFinished)
        fixture.advance(.milliseconds(100))
        fixture.settle()
        #expect(fixture.topic.isFinished)
    }

    @Test func `a heartbeat reaches the others past one that refuses`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [.refused, pod.endpoint, try LoopbackPod.closed(4)])
        fixture.prove()
        try fixture.publish("tea")
        fixture.settle()
        _ = pod.received()
        for _ in 0..<3 {
            fixture.advance(.seconds(1))
            fixture.settle()
            #expect(try heartbeats(pod) == [Heartbeat(first: 1, next: 2)])
        }
    }

    @Test func `heartbeats go on while further copies are due and say until when`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) {
            $0.copies = 2
            $0.spacing = .milliseconds(250)
        }
        try fixture.publish("tea")
        fixture.settle()
        _ = pod.received()
        fixture.advance(.milliseconds(100))
        fixture.settle()
        #expect(try EnvelopeCollector(pod.received()).headers.map(\.copyMilliseconds) == [250])
    }

    @Test func `heartbeats begin anew behind further copies, and never later for them`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) {
            $0.copies = 2
            $0.spacing = .seconds(1)
        }
        try fixture.publish("tea")
        fixture.settle()
        _ = pod.received()
        var seen: [Int] = []
        for tenth in 1...40 {
            fixture.advance(.milliseconds(100))
            fixture.settle()
            if try !heartbeats(pod).isEmpty { seen.append(tenth) }
        }
        // The copy leaves at 10.
        #expect(seen == [1, 3, 7, 11, 13, 17, 25])
    }

    @Test func `a heartbeat to 3000 subscribers takes slices and reaches each once`() throws {
        let pod = try LoopbackPod(everywhere: ())
        let fixture = try TopicFixture(enveloped: pod.endpoints(3_000))
        fixture.prove()
        try fixture.publish("tea")
        fixture.settle()
        let before = fixture.topic.counters.heartbeatsSent
        fixture.advance(.milliseconds(100))
        #expect(fixture.topic.step(at: fixture.now) == .ready)
        fixture.settle()
        #expect(fixture.topic.counters.heartbeatsSent - before == 3_000)
    }

    @Test func `raw topics have none and nobody is told while nobody is there`() throws {
        let pod = try LoopbackPod()
        let raw = try TopicFixture([pod.endpoint])
        try raw.publish("tea")
        #expect(raw.settle() == .idle(until: nil))
        #expect(raw.topic.isFinished)
        let empty = try TopicFixture(enveloped: [])
        try empty.publish("tea")
        #expect(empty.settle() == .idle(until: nil))
        #expect(empty.topic.isFinished)
    }
}
