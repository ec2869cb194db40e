import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct TopicTests {
    @Test func `every subscriber receives every message in order`() throws {
        let first = try LoopbackPod(2)
        let second = try LoopbackPod(3)
        let fixture = try TopicFixture([first.endpoint, second.endpoint])
        for text in ["a", "bb", "ccc", ""] { try fixture.publish(text) }
        fixture.settle()
        let expected = ["a", "bb", "ccc", ""].map { Array($0.utf8) }
        #expect(first.received() == expected)
        #expect(second.received() == expected)
    }

    @Test func `a receipt counts whom the kernel took a copy for`() throws {
        let pod = try LoopbackPod()
        let refused = try #require(Endpoint("255.255.255.255:9"))
        let fixture = try TopicFixture([refused, pod.endpoint])
        let position = try fixture.publish("hello")
        fixture.settle()
        let entry = try #require(fixture.ledger[position])
        #expect(entry.subscribers == 2)
        #expect(entry.sent == 1)
        #expect(entry.failed == 1)
        #expect(pod.received().count == 1)
        let outcomes = try #require(fixture.topic.outcomes(of: entry))
        #expect(outcomes.map(\.copiesSent) == [0, 1])
        #expect(outcomes[0].error == "permission denied (EACCES)")
        #expect(outcomes[1].error == nil)
    }

    @Test func `further copies leave when they are due`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.copies = 3 }
        let position = try fixture.publish("x")
        #expect(fixture.settle() == .idle(until: fixture.now.instant + .milliseconds(50)))
        #expect(pod.received().count == 1)
        fixture.advance(.milliseconds(49))
        fixture.settle()
        #expect(pod.received().isEmpty)
        fixture.advance(.milliseconds(1))
        fixture.settle()
        #expect(pod.received().count == 1)
        fixture.advance(.milliseconds(50))
        #expect(fixture.settle() == .idle(until: nil))
        #expect(pod.received().count == 1)
        #expect(fixture.ledger[position]?.copiesSent == 3)
        #expect(fixture.topic.isFinished)
    }

    @Test func `equal neighbours leave as one run and arrive apart`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint])
        for index in 0..<100 { try fixture.publish("message \(1_000 + index)") }
        fixture.settle()
        let received = pod.received()
        #expect(received.count == 100)
        #expect(received.last == Array("message 1099".utf8))
        #expect(fixture.topic.flights == 2)
    }
}
