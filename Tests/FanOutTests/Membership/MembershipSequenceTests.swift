import Clocks
import Endpoints
import Testing

@testable import FanOut

/// Long random sequences of answers, checked against what must hold after every one of them.
struct MembershipSequenceTests {
    private struct Run {
        var watch: Watch
        var generator: JitterGenerator
        var now = 0.0
        var everListed: Set<Endpoint> = []
        var negativesInARow = 0

        mutating func numbers() -> [Int] {
            (0..<Int.random(in: 0...8, using: &generator)).map { _ in Int.random(in: 1...12, using: &generator) }
        }

        mutating func observation() -> Observation {
            let ttl = Duration.seconds([0, 1, 5, 30, 2_147_483_647].randomElement(using: &generator) ?? 0)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: return .complete(pods(numbers()), timeToLive: ttl)
            case 4: return .truncated(pods(numbers()), timeToLive: ttl)
            case 5..<8: return .gone
            default: return .failed
            }
        }
    }

    private func check(_ run: inout Run) {
        let observation = run.observation()
        let before = run.watch.membership
        if case .complete(let members, _) = observation { run.everListed.formUnion(members.map(\.endpoint)) }
        if case .truncated(let members, _) = observation { run.everListed.formUnion(members.map(\.endpoint)) }
        let isNegative = observation == .gone || observation.timeToLive == nil && observation.isComplete
        run.negativesInARow = isNegative ? run.negativesInARow + 1 : 0

        let update = run.watch.observe(observation, at: run.now)
        let after = run.watch.membership
        let endpoints = after.members.map(\.endpoint)
        #expect(run.everListed.isSuperset(of: endpoints), "a member that was never listed")
        #expect(endpoints == endpoints.sorted() && Set(endpoints).count == endpoints.count)
        let isFirst = after.isConclusive && !before.isConclusive
        #expect(after.revision == before.revision + (before.members != after.members || isFirst ? 1 : 0))
        #expect(update.membersChanged == (after.revision != before.revision))
        if after.members.isEmpty, !before.members.isEmpty {
            #expect(run.negativesInARow >= 4, "emptied by \(observation)")
        }
        switch observation {
        case .unknown: #expect(after.members == before.members && after.stale != nil)
        case .truncated: #expect(Set(after.members).isSuperset(of: before.members) && after.stale != nil)
        case .complete(let members, _) where !members.isEmpty:
            #expect(Set(after.members).isSuperset(of: members) && after.stale == nil)
        default: break
        }
        #expect(run.watch.tracker.changes.count <= 256)
    }

    @Test(arguments: 0..<20) func `no sequence of answers breaks the rules`(seed: UInt64) {
        var settings = MembershipSettings()
        settings.emptyAfter = .seconds(8)
        var run = Run(watch: Watch(settings, seed: seed), generator: JitterGenerator(seed: seed))
        for _ in 0..<500 {
            check(&run)
            run.now += Double.random(in: 0.05...5, using: &run.generator)
        }
        #expect(run.watch.membership.revision > 10)
    }

    @Test(arguments: 0..<20) func `members are what the joins and leaves add up to`(seed: UInt64) {
        var run = Run(watch: Watch(seed: seed), generator: JitterGenerator(seed: seed))
        var members: Set<Endpoint> = []
        var revision: UInt64 = 0
        for _ in 0..<300 {
            run.watch.observe(run.observation(), at: run.now)
            for change in run.watch.tracker.changes where change.revision > revision {
                switch change.kind {
                case .joined: #expect(members.insert(change.member.endpoint).inserted)
                case .left: #expect(members.remove(change.member.endpoint) != nil)
                }
            }
            revision = run.watch.membership.revision
            #expect(members == Set(run.watch.membership.members.map(\.endpoint)))
            run.now += Double.random(in: 0.05...20, using: &run.generator)
        }
    }

    @Test(arguments: 0..<20) func `lookups keep their distances and everybody who waits is settled`(seed: UInt64) {
        var run = Run(watch: Watch(seed: seed), generator: JitterGenerator(seed: seed))
        var waiting: Set<FreshnessTicket> = []
        var lastStart: Instant?
        for _ in 0..<300 {
            let mayAsk = Bool.random(using: &run.generator)
            let age = Duration.milliseconds(Int.random(in: 0...3_000, using: &run.generator))
            if mayAsk, case .waiting(let ticket) = run.watch.tracker.demand(maximumAge: age, at: instant(run.now)) {
                waiting.insert(ticket)
            }
            guard let next = run.watch.tracker.nextLookup else {
                Issue.record("no lookup is planned")
                return
            }
            let start = max(next, instant(run.now))
            let distance = Duration.milliseconds(waiting.isEmpty ? 1_000 : 50)
            if let lastStart { #expect(start - lastStart >= distance) }
            lastStart = start
            run.watch.tracker.lookupStarted(at: start)
            let end = start + .milliseconds(Int.random(in: 0...500, using: &run.generator))
            let moment = Moment(instant: end, timestamp: Timestamp(nanoseconds: end.nanoseconds))
            let settled = run.watch.tracker.apply(run.observation(), at: moment).settled
            for demand in settled { #expect(waiting.remove(demand.ticket) != nil) }
            run.now = Double(end.nanoseconds) / 1e9
        }
        run.watch.observe(.complete(1), at: run.now + 1)
        #expect(run.watch.tracker.waitingDemands == 0)
    }
}

extension Observation {
    fileprivate var isComplete: Bool {
        if case .complete = self { true } else { false }
    }
}
