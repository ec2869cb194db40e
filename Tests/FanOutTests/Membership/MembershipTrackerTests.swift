import Clocks
import Endpoints
import Testing

@testable import FanOut

struct MembershipTrackerTests {
    @Test func `a membership is unresolved before the first answer`() {
        let watch = Watch()
        #expect(watch.membership.revision == 0)
        #expect(!watch.membership.isConclusive)
        #expect(watch.membership.resolvedAt == nil)
        #expect(watch.membership.source == .dns)
    }

    @Test func `the first complete answer applies at once`() {
        var watch = Watch()
        let update = watch.observe(.complete(2, 1), at: 0.1)
        #expect(watch.endpoints == ["10.0.0.1:12000", "10.0.0.2:12000"])
        #expect(watch.membership.revision == 1)
        #expect(watch.membership.resolvedAt == timestamp(0.1))
        #expect(update == MembershipUpdate(membersChanged: true))
    }

    @Test func `an added member is in at once`() {
        var watch = Watch()
        watch.observe(.complete(1), at: 0)
        watch.observe(.complete(1, 2), at: 1)
        #expect(watch.membership.members == pods(1, 2))
        #expect(watch.membership.revision == 2)
    }

    @Test func `an answer in another order and with repetitions changes nothing`() {
        var watch = Watch()
        watch.observe(.complete(1, 2, 3), at: 0)
        let update = watch.observe(.complete(3, 1, 2, 1), at: 5)
        #expect(update == MembershipUpdate())
        #expect(watch.membership.revision == 1)
        #expect(watch.membership.resolvedAt == timestamp(5))
    }

    @Test func `a member missing from one answer stays`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(1), at: 5)
        #expect(watch.membership.members == pods(1, 2))
    }

    @Test func `a member missing from two answers a time to live apart goes`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(1), at: 5)
        watch.observe(.complete(1), at: 9.999)
        #expect(watch.membership.members == pods(1, 2))
        watch.observe(.complete(1), at: 10)
        #expect(watch.membership.members == pods(1))
        #expect(watch.membership.revision == 2)
    }

    @Test func `answers that miss a member count only a second apart, however short they live`() {
        var watch = Watch()
        watch.observe(.complete(1, 2, ttl: 0), at: 0)
        watch.observe(.complete(1, ttl: 0), at: 5)
        watch.observe(.complete(1, ttl: 0), at: 5.9)
        #expect(watch.membership.members == pods(1, 2))
        watch.observe(.complete(1, ttl: 0), at: 6)
        #expect(watch.membership.members == pods(1))
    }

    @Test func `a member that is back is missed anew`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(1), at: 5)
        watch.observe(.complete(1, 2), at: 10)
        watch.observe(.complete(1), at: 15)
        #expect(watch.membership.members == pods(1, 2))
    }

    @Test func `a long time to live holds a missing member no longer than emptiness is doubted`() {
        var watch = Watch()
        watch.observe(.complete(1, 2, ttl: 86_400), at: 0)
        watch.observe(.complete(2, ttl: 86_400), at: 5)
        watch.observe(.complete(2, ttl: 86_400), at: 34.9)
        #expect(watch.endpoints == ["10.0.0.1:12000", "10.0.0.2:12000"])
        watch.observe(.complete(2, ttl: 86_400), at: 35)
        #expect(watch.endpoints == ["10.0.0.2:12000"])
    }

    @Test func `a member that a truncated answer holds is not missing`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(1), at: 5)
        watch.observe(.truncated(2), at: 7)
        watch.observe(.complete(1), at: 10)
        #expect(watch.membership.members == pods(1, 2))
    }

    @Test func `another name of the same endpoint is neither a join nor a leave`() {
        var watch = Watch()
        var member = pods(1)
        watch.observe(.complete(member, timeToLive: .seconds(5)), at: 0)
        member[0].name = "pod-0"
        let update = watch.observe(.complete(member, timeToLive: .seconds(5)), at: 5)
        #expect(update.membersChanged)
        #expect(watch.membership.members == member)
        #expect(watch.tracker.changes.count == 1)
    }

    @Test func `of two names of one endpoint the first in the alphabet stays`() {
        var watch = Watch()
        let named = ["b", nil, "a"].map { Member(endpoint: pods(1)[0].endpoint, name: $0) }
        watch.observe(.complete(named, timeToLive: .seconds(5)), at: 0)
        #expect(watch.membership.members.map(\.name) == ["a"])
    }

    @Test func `a list is resolved at once and never looked up`() {
        let tracker = MembershipTracker(list: pods(2, 1, 2), at: moment(3))
        #expect(tracker.membership.members == pods(1, 2))
        #expect(tracker.membership.revision == 1)
        #expect(tracker.membership.resolvedAt == timestamp(3))
        #expect(tracker.membership.source == .static)
        #expect(tracker.nextLookup == nil)
    }

    @Test func `an empty list is conclusive`() {
        #expect(MembershipTracker(list: [], at: moment(0)).membership.isConclusive)
    }

    @Test func `joins and leaves are told with their reasons`() {
        var watch = Watch()
        watch.observe(.complete(1, 2), at: 0)
        watch.observe(.complete(2, 3), at: 5)
        watch.observe(.complete(2, 3), at: 10.2)
        let told = watch.tracker.changes.map { "\($0.revision) \($0.kind) \($0.member.endpoint.address) \($0.reason)" }
        #expect(
            told == [
                "1 joined 10.0.0.1 listed in the answer", "1 joined 10.0.0.2 listed in the answer",
                "2 joined 10.0.0.3 listed in the answer", "3 left 10.0.0.1 missing from the answers for 5.2 s",
            ])
        #expect(watch.tracker.changes.last?.at == timestamp(10.2))
    }

    @Test func `the last 256 changes are kept`() {
        var watch = Watch()
        watch.observe(.complete(pods(1...200), timeToLive: .seconds(5)), at: 0)
        watch.observe(.complete(pods(1...300), timeToLive: .seconds(5)), at: 5)
        watch.observe(.complete(pods(1...700), timeToLive: .seconds(5)), at: 10)
        #expect(watch.tracker.changes.map(\.member) == pods(445...700))
        #expect(watch.tracker.changes.allSatisfy { $0.revision == 3 })
    }
}
