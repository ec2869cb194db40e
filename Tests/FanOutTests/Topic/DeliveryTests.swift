import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct DeliveryTests {
    /// Texts of many lengths, growing and shrinking, some empty.
    private var mixed: [String] {
        (0..<300).map { index in
            let length = [0, 5, 5, 5, 700, 700, 3, 1_232, 1, 64][index % 10]
            return String("\(index)".padding(to: length).prefix(length))
        }
    }

    @Test(arguments: [true, false])
    func `payloads of mixed sizes arrive in order, sent in runs or one by one`(takesRuns: Bool) throws {
        let first = try LoopbackPod(2)
        let second = try LoopbackPod(3)
        let fixture = try TopicFixture([first.endpoint, second.endpoint], takesRuns: takesRuns)
        for text in mixed { try fixture.publish(text) }
        var received: [[String]] = [[], []]
        fixture.finish {
            received[0] += first.texts()
            received[1] += second.texts()
        }
        #expect(received == [mixed, mixed])
        #expect(fixture.topic.counters.datagramsSent == 600)
        #expect(fixture.topic.counters.bytesSent == UInt64(2 * mixed.reduce(0) { $0 + $1.utf8.count }))
        #expect(fixture.topic.counters.copiesSent == 600)
    }

    @Test func `a refused endpoint is counted and the next one still receives`() throws {
        let last = try LoopbackPod(4)
        let fixture = try TopicFixture([.refused, last.endpoint])
        fixture.prove()
        for _ in 0..<10 { try fixture.publish("x") }
        fixture.settle()
        #expect(last.received().count == 10)
        #expect(fixture.row(.refused)?.failed == 10)
        #expect(fixture.row(.refused)?.sent == 0)
        #expect(fixture.row(.refused)?.lastError == "permission denied (EACCES)")
        #expect(fixture.row(last.endpoint)?.failed == 0)
        #expect(fixture.topic.counters.copiesFailed == 10)
    }

    @Test func `a closed port is never charged to a healthy endpoint`() throws {
        let first = try LoopbackPod(2)
        let second = try LoopbackPod(4)
        let closed = [try LoopbackPod.closed(3), try LoopbackPod.closed(5)]
        let fixture = try TopicFixture([closed[0], first.endpoint, closed[1], second.endpoint])
        fixture.prove()
        var counts = (0, 0)
        for index in 0..<2_000 {
            try fixture.publish("\(index)")
            fixture.settle()
            fixture.passReports()
            fixture.advance(.microseconds(100))
            counts.0 += first.received().count
            counts.1 += second.received().count
        }
        #expect(counts == (2_000, 2_000))
        #expect(fixture.row(first.endpoint)?.failed == 0)
        #expect(fixture.row(second.endpoint)?.failed == 0)
        #expect(fixture.row(first.endpoint)?.lastError == nil)
        #expect(fixture.row(first.endpoint)?.state == .ok)
        #expect(closed.map { fixture.row($0)?.state } == [.refusing, .refusing])
        #expect(
            closed.map { fixture.row($0)?.lastError } == .init(repeating: "connection refused (ECONNREFUSED)", count: 2)
        )
    }

    @Test func `a membership of 1500 endpoints takes two system calls`() throws {
        let pod = try LoopbackPod(everywhere: ())
        let fixture = try TopicFixture(pod.endpoints(1_500))
        fixture.prove()
        for _ in 0..<4 { try fixture.publish("x") }
        fixture.settle()
        #expect(fixture.topic.flights == 1)
        #expect(fixture.sender.sendCalls == 2)
        #expect(pod.received().count == 6_000)
        // Wherever a run begins, it takes at most one call more.
        for flight in 2...40 {
            let before = fixture.sender.sendCalls
            fixture.topic.flights = flight * 37
            try fixture.publish("x")
            fixture.settle()
            #expect(fixture.sender.sendCalls - before <= 3)
            _ = pod.received()
        }
    }

    @Test func `the endpoint that begins a run is another one each time`() throws {
        let pod = try LoopbackPod(everywhere: ())
        let fixture = try TopicFixture(pod.endpoints(3))
        fixture.prove()
        for _ in 0..<3 {
            try fixture.publish("x")
            fixture.settle()
        }
        // Three entries from the first take one call; from the second or third they take two.
        #expect(fixture.sender.sendCalls == 5)
    }

    @Test func `a membership that changes during a flight counts from the next one`() throws {
        let pod = try LoopbackPod(everywhere: ())
        let joining = try LoopbackPod(3)
        let old = pod.endpoints(3_000)
        let fixture = try TopicFixture(old)
        fixture.prove()
        let first = try fixture.publish("first", byteCount: 1_232)
        #expect(fixture.topic.step(at: fixture.now) == .ready)
        #expect(fixture.ledger[first]?.isSettled == false)
        fixture.join(Array(old.prefix(10)) + [joining.endpoint])
        let second = try fixture.publish("second")
        fixture.settle()
        #expect(fixture.ledger[first]?.subscribers == 3_000)
        #expect(fixture.ledger[first]?.revision == 1)
        #expect(fixture.ledger[first]?.copiesSent == 3_000)
        #expect(fixture.ledger[second]?.subscribers == 11)
        #expect(fixture.ledger[second]?.revision == 2)
        #expect(joining.texts() == ["second"])
        #expect(fixture.outcomes(first).count == 3_000)
        #expect(fixture.outcomes(first)[joining.endpoint] == nil)
        #expect(fixture.outcomes(second).count == 11)
    }

    @Test func `a message published during a flight waits behind it`() throws {
        let pod = try LoopbackPod(everywhere: ())
        let fixture = try TopicFixture(pod.endpoints(3_000))
        fixture.prove()
        try fixture.publish("first", byteCount: 1_232)
        #expect(fixture.topic.step(at: fixture.now) == .ready)
        let second = try fixture.publish("second", byteCount: 1_232)
        _ = fixture.topic.step(at: fixture.now)
        #expect(fixture.ledger[second]?.isSettled == false)
        #expect(pod.texts().allSatisfy { $0.hasPrefix("first") })
        fixture.settle()
        #expect(fixture.ledger[second]?.sent == 3_000)
        #expect(fixture.topic.settledSequence == 2)
    }

    @Test func `nobody to send to settles at once with nothing sent`() throws {
        let fixture = try TopicFixture([Endpoint]()) { $0.copies = 3 }
        let position = try fixture.publish("x")
        fixture.settle()
        let entry = try #require(fixture.ledger[position])
        #expect(entry.isSettled)
        #expect(entry.subscribers == 0)
        #expect(entry.sent == 0)
        #expect(fixture.sender.sendCalls == 0)
        fixture.finish()
        #expect(fixture.ledger[position]?.copiesSent == 0)
        #expect(fixture.topic.counters.copiesFailed == 0)
    }

    @Test func `a receipt names the membership's staleness of its time`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint])
        let staleness = Staleness(reason: "SERVFAIL", since: fixture.now.timestamp)
        let fresh = try fixture.publish("x")
        fixture.settle()
        fixture.join([Member(endpoint: pod.endpoint)], stale: staleness)
        let stale = try fixture.publish("x")
        fixture.settle()
        #expect(fixture.ledger[fresh]?.stale == nil)
        #expect(fixture.ledger[stale]?.stale == staleness)
    }
}

extension String {
    fileprivate func padding(to length: Int) -> String {
        self + String(repeating: ".", count: max(0, length - utf8.count))
    }
}
