import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct CopyOrderTests {
    @Test func `a copy that is due before its message had its turn does not overtake it`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint])
        for index in 0..<200 { try fixture.publish("\(index)", byteCount: 1_232) }
        let position = try fixture.publish("last", PublishOptions(copies: 2, spacing: .milliseconds(1)))
        var received: [String] = []
        fixture.finish { received += pod.texts().map { String($0.prefix { $0 != "." }) } }
        #expect(received == (0..<200).map { "\($0)" } + ["last", "last"])
        #expect(fixture.ledger[position]?.copiesSent == 2)
        #expect(fixture.topic.counters.copiesSent == 202)
    }

    @Test func `a second copy that is taken makes up for the first`() throws {
        let pod = try LoopbackPod(2)
        let flaky = try LoopbackPod(broadcast: ())
        let fixture = try TopicFixture([pod.endpoint, flaky.endpoint]) { $0.copies = 3 }
        let position = try fixture.publish("x")
        fixture.settle()
        #expect(fixture.ledger[position]?.failed == 1)
        #expect(fixture.row(flaky.endpoint)?.failed == 1)
        fixture.sender.allowBroadcast(true)
        fixture.advance(.milliseconds(50))
        fixture.settle()
        #expect(fixture.ledger[position]?.failed == 0)
        #expect(fixture.ledger[position]?.copiesSent == 3)
        fixture.sender.allowBroadcast(false)
        fixture.advance(.milliseconds(50))
        fixture.settle()
        let entry = try #require(fixture.ledger[position])
        #expect(entry.sent == 2)
        #expect(entry.copiesSent == 4)
        #expect(fixture.row(flaky.endpoint)?.failed == 0)
        #expect(fixture.row(flaky.endpoint)?.sent == 1)
        #expect(fixture.outcomes(position)[flaky.endpoint]?.copiesSent == 1)
        #expect(fixture.outcomes(position)[flaky.endpoint]?.error == "permission denied (EACCES)")
        #expect(fixture.topic.hasFailed(entry, for: flaky.endpoint) == false)
        #expect(flaky.texts() == ["x"])
        #expect(pod.texts() == ["x", "x", "x"])
    }

    @Test func `a copy goes neither to those who left nor to those who joined later`() throws {
        let stays = try LoopbackPod(2)
        let leaves = try LoopbackPod(3)
        let joins = try LoopbackPod(4)
        let fixture = try TopicFixture([stays.endpoint, leaves.endpoint]) { $0.copies = 2 }
        let position = try fixture.publish("x")
        fixture.settle()
        fixture.join([stays.endpoint, joins.endpoint])
        fixture.advance(.milliseconds(50))
        fixture.settle()
        #expect(stays.texts() == ["x", "x"])
        #expect(leaves.texts() == ["x"])
        #expect(joins.texts().isEmpty)
        let entry = try #require(fixture.ledger[position])
        #expect(entry.subscribers == 2)
        #expect(entry.copiesSent == 3)
        let outcomes = fixture.outcomes(position)
        #expect(outcomes[stays.endpoint]?.copiesSent == 2)
        #expect(outcomes[leaves.endpoint]?.copiesSent == 1)
        #expect(outcomes[joins.endpoint] == nil)
    }

    @Test func `an endpoint that rejoins is not sent copies of what it was sent before it left`() throws {
        let pod = try LoopbackPod(2)
        let fixture = try TopicFixture([pod.endpoint]) { $0.copies = 2 }
        let position = try fixture.publish("x")
        fixture.settle()
        fixture.join([Endpoint]())
        fixture.join([pod.endpoint])
        fixture.finish()
        #expect(pod.texts() == ["x"])
        #expect(fixture.ledger[position]?.copiesSent == 1)
        #expect(fixture.outcomes(position)[pod.endpoint]?.copiesSent == 1)
    }

    @Test func `a message that failed for one that left without a second copy stays failed`() throws {
        let fixture = try TopicFixture([.refused]) { $0.copies = 2 }
        let position = try fixture.publish("x")
        fixture.settle()
        fixture.join([Endpoint]())
        fixture.finish()
        let entry = try #require(fixture.ledger[position])
        #expect(entry.failed == 1)
        #expect(fixture.outcomes(position)[.refused]?.copiesSent == 0)
        #expect(fixture.topic.hasFailed(entry, for: .refused) == true)
    }

    @Test func `a publish may override copies and spacing, and several spacings go on side by side`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint]) { $0.copies = 2 }
        let quick = try fixture.publish("quick", PublishOptions(copies: 3, spacing: .milliseconds(7)))
        let usual = try fixture.publish("usual")
        let single = try fixture.publish("single", PublishOptions(copies: 1))
        let slow = try fixture.publish("slow", PublishOptions(spacing: .milliseconds(90)))
        var arrivals: [Duration: [String]] = [:]
        let start = fixture.now.instant
        fixture.finish {
            let texts = pod.texts()
            if !texts.isEmpty { arrivals[fixture.now.instant - start] = texts }
        }
        #expect(
            arrivals == [
                .zero: ["quick", "usual", "single", "slow"], .milliseconds(7): ["quick"],
                .milliseconds(14): ["quick"], .milliseconds(50): ["usual"], .milliseconds(90): ["slow"],
            ])
        #expect([quick, usual, single, slow].map { fixture.ledger[$0]?.copiesSent } == [3, 2, 1, 2])
    }

    @Test func `a ninth spacing under way is refused, and taken once another is finished`() throws {
        let fixture = try TopicFixture()
        for index in 1...8 { try fixture.publish("x", PublishOptions(copies: 2, spacing: .milliseconds(index))) }
        let ninth = PublishOptions(copies: 2, spacing: .milliseconds(9))
        #expect(throws: PublishFault.tooManySpacings(limit: 8)) { try fixture.publish("x", ninth) }
        #expect(fixture.topic.sequence == 8)
        try fixture.publish("x", PublishOptions(copies: 1, spacing: .milliseconds(9)))
        try fixture.publish("x", PublishOptions(copies: 2, spacing: .milliseconds(8)))
        fixture.settle()
        fixture.advance(.milliseconds(1))
        fixture.settle()
        try fixture.publish("x", ninth)
        fixture.finish()
        #expect(fixture.topic.isFinished)
    }
}
