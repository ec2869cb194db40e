import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct ReceiptTests {
    @Test func `counters and rows count what the ledger has already forgotten`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([.refused, pod.endpoint], ledger: 2) { $0.copies = 2 }
        for _ in 0..<5 { try fixture.publish("x") }
        fixture.finish()
        #expect(pod.received().count == 10)
        #expect(fixture.topic.counters.copiesSent == 10)
        #expect(fixture.topic.counters.copiesFailed == 10)
        #expect(fixture.row(.refused)?.sent == 0)
        #expect(fixture.row(.refused)?.failed == 5)
        #expect(fixture.row(pod.endpoint)?.sent == 5)
    }

    @Test func `no outcome claims a copy that the log overtook, however many were`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.ringBytes = 64 << 10 }
        let repeated = PublishOptions(copies: 2, spacing: .seconds(10))
        var positions: [UInt64] = []
        for _ in 0..<24 {
            positions.append(try fixture.publish("copied", byteCount: 1_000, repeated))
            try fixture.publish("once", byteCount: 1_000)
        }
        fixture.settle()
        for _ in 0..<66 {
            try fixture.publish("newer", byteCount: 1_000)
            fixture.advance(.milliseconds(1))
            fixture.settle()
        }
        fixture.finish()
        #expect(fixture.topic.counters.copiesOverrun == 24)
        #expect(fixture.topic.counters.copiesFailed == 24)
        #expect(pod.texts().count { $0.hasPrefix("copied") } == 24)
        for position in positions {
            #expect(fixture.ledger[position]?.copiesSent == 1)
            #expect(fixture.ledger[position]?.failed == 0)
            let outcome = try #require(fixture.outcomes(position)[pod.endpoint])
            #expect(outcome.copiesSent ?? 1 == 1)
            #expect(outcome.error != nil)
        }
        let last = try #require(fixture.outcomes(positions[23])[pod.endpoint])
        #expect(last.copiesSent == 1)
        #expect(last.error == "overtaken by newer messages in the log (overrun)")
    }
}
