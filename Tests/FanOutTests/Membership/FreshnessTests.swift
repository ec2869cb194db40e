import Clocks
import Testing

@testable import FanOut

/// Publishes that want a membership no older than they say.
struct FreshnessTests {
    private func ticket(_ answer: FreshnessAnswer) throws -> FreshnessTicket {
        guard case .waiting(let ticket) = answer else { throw Unexpected() }
        return ticket
    }

    private struct Unexpected: Error {}

    private func resolved(at seconds: Double = 0) -> Watch {
        var watch = Watch()
        watch.observe(.complete(1), at: seconds)
        return watch
    }

    @Test func `a membership young enough is fresh`() {
        var watch = resolved()
        #expect(watch.tracker.demand(maximumAge: .seconds(3), at: instant(3)) == .fresh)
    }

    @Test func `a membership too old makes a publish wait`() throws {
        var watch = resolved()
        _ = try ticket(watch.tracker.demand(maximumAge: .seconds(3), at: instant(3.001)))
    }

    @Test func `the age of a membership counts from the beginning of its lookup`() throws {
        var watch = Watch()
        watch.observe(.complete(1), at: 2, since: 0)
        _ = try ticket(watch.tracker.demand(maximumAge: .seconds(1), at: instant(2.5)))
    }

    @Test func `age 0 makes every publish wait`() throws {
        var watch = resolved()
        _ = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(0)))
    }

    @Test func `a list is always fresh`() {
        var tracker = MembershipTracker(list: pods(1), at: moment(0))
        #expect(tracker.demand(maximumAge: .zero, at: instant(1_000)) == .fresh)
    }

    @Test func `a publish that waits brings the lookup forward`() {
        var watch = resolved()
        _ = watch.tracker.demand(maximumAge: .zero, at: instant(2))
        #expect(watch.tracker.nextLookup == instant(2))
    }

    @Test func `lookups that publishes ask for are 50 ms apart`() {
        var watch = resolved()
        _ = watch.tracker.demand(maximumAge: .zero, at: instant(0.01))
        #expect(watch.tracker.nextLookup == instant(0.05))
    }

    @Test func `a lookup that began after the publish came satisfies it`() throws {
        var watch = resolved()
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        let update = watch.observe(.complete(1, 2), at: 2.1)
        #expect(update.settled == [SettledDemand(ticket: ticket, outcome: .fresh)])
        #expect(watch.membership.members == pods(1, 2))
    }

    @Test func `a lookup under way does not satisfy a publish of age 0`() throws {
        var watch = resolved()
        watch.tracker.lookupStarted(at: instant(2))
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        #expect(watch.tracker.apply(.complete(1), at: moment(2.2)).settled.isEmpty)
        #expect(watch.tracker.nextLookup == instant(2.05))
        #expect(watch.observe(.complete(1), at: 2.3).settled.map(\.ticket) == [ticket])
    }

    @Test func `a lookup under way satisfies a publish that it is young enough for`() throws {
        var watch = resolved()
        watch.tracker.lookupStarted(at: instant(10))
        let ticket = try ticket(watch.tracker.demand(maximumAge: .seconds(1), at: instant(10.5)))
        let late = try self.ticket(watch.tracker.demand(maximumAge: .seconds(1), at: instant(11.5)))
        #expect(watch.tracker.apply(.complete(1), at: moment(11.6)).settled.map(\.ticket) == [ticket])
        #expect(watch.observe(.complete(1), at: 11.7).settled.map(\.ticket) == [late])
    }

    @Test func `a failed lookup fails those who waited for it, with its reason`() throws {
        var watch = resolved()
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        let settled = watch.observe(.failed, at: 2.1).settled
        #expect(settled == [SettledDemand(ticket: ticket, outcome: .failed(reason: "SERVFAIL from 127.0.0.1:53"))])
    }

    @Test func `a failed lookup does not fail those who wait for a later one`() throws {
        var watch = resolved()
        watch.tracker.lookupStarted(at: instant(2))
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        #expect(watch.tracker.apply(.failed, at: moment(2.1)).settled.isEmpty)
        #expect(watch.observe(.complete(1), at: 2.2).settled == [SettledDemand(ticket: ticket, outcome: .fresh)])
    }

    @Test func `a truncated answer is not fresh`() throws {
        var watch = resolved()
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        let settled = watch.observe(.truncated(1, 2), at: 2.1).settled
        #expect(settled.map(\.ticket) == [ticket])
        #expect(settled.first?.outcome != .fresh)
        #expect(watch.membership.members == pods(1, 2))
    }

    @Test func `a publish waits past a negative answer that may be false`() throws {
        var watch = resolved()
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        #expect(watch.observe(.gone, at: 2).settled.isEmpty)
        #expect(watch.tracker.nextLookup == instant(2.05))
        #expect(watch.observe(.complete(1), at: 2.05).settled == [SettledDemand(ticket: ticket, outcome: .fresh)])
    }

    @Test func `a negative answer is fresh when nobody is believed already`() throws {
        var watch = Watch()
        for second in 0...30 { watch.observe(.gone, at: Double(second)) }
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(31)))
        #expect(watch.observe(.gone, at: 31).settled == [SettledDemand(ticket: ticket, outcome: .fresh)])
    }

    @Test func `removals keep their holds however often publishes ask`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        for step in 1...99 { watch.observe(.complete(1), at: 1 + Double(step) * 0.05) }
        #expect(watch.membership.members == pods(1, 2))
        watch.observe(.complete(1), at: 6.05)
        #expect(watch.membership.members == pods(1))
    }

    @Test func `nobody is looked up for a publish that gave up`() throws {
        var watch = resolved()
        let poll = watch.tracker.nextLookup
        let ticket = try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        watch.tracker.cancel(ticket)
        #expect(watch.tracker.nextLookup == poll)
        #expect(watch.tracker.waitingDemands == 0)
        #expect(watch.observe(.complete(1), at: 3).settled.isEmpty)
    }

    @Test func `many publishes share one lookup and are settled in order`() throws {
        var watch = resolved()
        let tickets = try (0..<1_000).map { _ in
            try ticket(watch.tracker.demand(maximumAge: .zero, at: instant(2)))
        }
        #expect(watch.observe(.complete(1), at: 2.1).settled.map(\.ticket) == tickets)
        #expect(watch.tracker.waitingDemands == 0)
    }
}
