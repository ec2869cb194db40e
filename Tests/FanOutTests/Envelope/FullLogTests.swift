import Testing

@testable import FanOut

struct FullLogTests {
    @Test func `a message that the log cannot hold is refused and loses nothing`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) { $0.ringBytes = 64 << 10 }
        try fixture.publish("a")
        #expect(throws: PublishFault.overloaded) { try fixture.publish("b", byteCount: 70_000) }
        try fixture.publish("c", byteCount: 50_000)
        #expect(throws: PublishFault.overloaded) { try fixture.publish("d", byteCount: 20_000) }
        fixture.finish()
        try fixture.publish("e", byteCount: 20_000)
        fixture.finish()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.texts.map { $0.prefix(1) } == ["a", "c", "e"])
        #expect(got.messages.map(\.sequence) == [1, 2, 3])
    }

    @Test func `a copy of which the log overtook the first datagrams has failed`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) { $0.ringBytes = 64 << 10 }
        try fixture.publish("large", byteCount: 40_000, PublishOptions(copies: 2, spacing: .seconds(1)))
        fixture.settle()
        for index in 0..<4 {
            fixture.advance(.milliseconds(10))
            try fixture.publish("\(index)", byteCount: 10_000)
            fixture.settle()
        }
        fixture.finish()
        let entry = try #require(fixture.ledger[1])
        #expect(entry.copiesSent == 1)
        #expect(entry.failed == 0)
        #expect(fixture.topic.counters.copiesFailed == 1)
        #expect(fixture.outcomes(1)[pod.endpoint]?.copiesSent == 1)
    }
}
