import Clocks
import Endpoints
import Testing

@testable import FanOut

/// Answers that must not be believed, or not yet.
struct MembershipDoubtTests {
    @Test func `an answer that says nothing keeps the members and says why and since when`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        let update = watch.observe(.failed, at: 5)
        #expect(watch.membership.members == pods(1))
        #expect(watch.membership.stale == Staleness(reason: "SERVFAIL from 127.0.0.1:53", since: timestamp(5)))
        #expect(watch.membership.resolvedAt == timestamp(0))
        #expect(update == MembershipUpdate(stalenessChanged: true))
    }

    @Test func `staleness tells the latest reason and its beginning`() {
        var watch = Watch()
        watch.observe(.failed, at: 1)
        watch.observe(.unknown(reason: "no answer"), at: 2)
        #expect(watch.membership.stale == Staleness(reason: "no answer", since: timestamp(1)))
    }

    @Test func `a good answer ends staleness`() {
        var watch = Watch()
        watch.observe(.failed, at: 0)
        let update = watch.observe(.complete(1), at: 5)
        #expect(watch.membership.stale == nil)
        #expect(update.stalenessChanged)
    }

    @Test func `failures never empty a membership`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        for second in 1...1_000 { watch.observe(.failed, at: Double(second)) }
        #expect(watch.membership.members == pods(1))
    }

    @Test func `one negative answer keeps the members and makes them stale`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        watch.observe(.gone, at: 5)
        let reason = "NXDOMAIN for headless.shop; not believed before 30 s and 4 such answers"
        #expect(watch.membership.members == pods(1))
        #expect(watch.membership.stale == Staleness(reason: reason, since: timestamp(5)))
    }

    @Test func `nobody is believed after 30 s of nothing but negative answers`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        for second in stride(from: 5.0, through: 34.9, by: 5) { watch.observe(.gone, at: second) }
        watch.observe(.gone, at: 34.999)
        #expect(watch.membership.members == pods(1))
        let update = watch.observe(.gone, at: 35)
        #expect(update.membersChanged)
        #expect(watch.membership.members.isEmpty)
        #expect(watch.membership.stale == nil)
        #expect(watch.membership.resolvedAt == timestamp(35))
        #expect(watch.tracker.changes.last?.reason == "NXDOMAIN for headless.shop, 8 times for 30 s")
    }

    @Test func `nobody is not believed after three negative answers, however long apart`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        for second in [10.0, 100, 1_000] { watch.observe(.gone, at: second) }
        #expect(watch.membership.members == pods(1))
        watch.observe(.gone, at: 1_001)
        #expect(watch.membership.members.isEmpty)
    }

    @Test(arguments: [Observation.failed, .complete(1), .truncated(1)])
    func `an answer of another kind starts the negative ones anew`(other: Observation) {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        for second in 1...29 { watch.observe(.gone, at: Double(second)) }
        watch.observe(other, at: 30)
        for second in 31...60 { watch.observe(.gone, at: Double(second)) }
        #expect(watch.membership.members == pods(1))
        watch.observe(.gone, at: 61)
        #expect(watch.membership.members.isEmpty)
    }

    @Test func `a name that never was is conclusive after 30 s`() {
        var watch = Watch()
        for second in 0...29 { watch.observe(.gone, at: Double(second)) }
        #expect(!watch.membership.isConclusive)
        let update = watch.observe(.gone, at: 30)
        #expect(watch.membership.isConclusive)
        #expect(watch.membership.revision == 1)
        #expect(update.membersChanged)
    }

    @Test func `who believes that nobody is there says why and since when, until somebody is`() {
        var watch = Watch()
        for second in [0.0, 10, 20, 30] { watch.observe(.negative(reason: "NXDOMAIN for a.b"), at: second) }
        #expect(watch.membership.empty == Staleness(reason: "NXDOMAIN for a.b", since: timestamp(30)))
        watch.observe(.negative(reason: "no A record for a.b"), at: 40)
        #expect(watch.membership.empty == Staleness(reason: "no A record for a.b", since: timestamp(30)))
        watch.observe(.complete(pods(1), timeToLive: .seconds(5)), at: 50)
        #expect(watch.membership.empty == nil)
    }

    @Test func `nobody stays believed through failures`() {
        var watch = Watch()
        for second in 0...30 { watch.observe(.gone, at: Double(second)) }
        watch.observe(.failed, at: 31)
        #expect(watch.membership.stale != nil)
        watch.observe(.gone, at: 32)
        #expect(watch.membership.stale == nil)
        #expect(watch.membership.revision == 1)
    }

    @Test func `a complete answer without addresses is a negative one`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        watch.observe(.complete([], timeToLive: .seconds(5)), at: 5)
        watch.observe(.complete([], timeToLive: .seconds(5)), at: 10)
        #expect(watch.membership.members == pods(1))
    }

    @Test func `the time until nobody is believed is the topic's`() {
        var settings = MembershipSettings()
        settings.emptyAfter = .seconds(3)
        var watch = Watch(settings)
        watch.observe(.complete(1), at: 0)
        for second in 1...4 { watch.observe(.gone, at: Double(second)) }
        #expect(watch.membership.members.isEmpty)
    }

    @Test func `a truncated answer adds and never removes`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        for second in 1...100 { watch.observe(.truncated(2, 3), at: Double(second)) }
        let reason = "truncated answer: some subscribers may be missing, and none is removed"
        #expect(watch.membership.members == pods(1, 2, 3))
        #expect(watch.membership.stale == Staleness(reason: reason, since: timestamp(1)))
    }

    @Test func `a truncated first answer is conclusive`() {
        var watch = Watch()
        watch.observe(.truncated(1), at: 0)
        #expect(watch.membership.isConclusive)
    }

    @Test func `a truncated answer without addresses says nothing`() {
        var watch = Watch()
        watch.observe(.truncated(), at: 0)
        #expect(!watch.membership.isConclusive)
        #expect(watch.membership.stale?.reason == "truncated answer without addresses")
    }

    @Test func `members beyond the limit are left out and that is said`() {
        var settings = MembershipSettings()
        settings.maximumMembers = 3
        var watch = Watch(settings)
        watch.observe(.complete(5, 6), at: 0)
        watch.observe(.complete(1, 2, 5, 6), at: 5)
        #expect(watch.membership.members == pods(1, 5, 6))
        #expect(watch.membership.stale?.reason == "1 subscribers beyond the limit of 3 are left out")
    }

    @Test func `members that are missed do not let others in beyond the limit`() {
        var settings = MembershipSettings()
        settings.maximumMembers = 2
        var watch = Watch(settings)
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(3, 4), at: 5)
        #expect(watch.membership.members == pods(1, 2))
        watch.observe(.complete(3, 4), at: 10)
        #expect(watch.membership.members == pods(3, 4))
        #expect(watch.membership.stale == nil)
    }

    @Test func `an answer without a lookup is ignored`() {
        var tracker = MembershipTracker(seed: 1, at: instant(0))
        #expect(tracker.apply(.complete(1), at: moment(0)) == MembershipUpdate())
        #expect(!tracker.membership.isConclusive)
    }
}
