import Clocks
import Testing

@testable import FanOut

struct LookupScheduleTests {
    /// Seconds from the end of a lookup that found `observation` to the next one.
    private func wait(after observation: Observation, seed: UInt64 = 1) -> Double {
        var watch = Watch(seed: seed)
        watch.observe(observation, at: 1)
        return watch.tracker.nextLookup.map { ($0 - instant(1)).seconds } ?? .infinity
    }

    @Test func `the first lookup is due at once`() {
        #expect(Watch().tracker.nextLookup == instant(0))
    }

    @Test func `no lookup is due while one is under way`() {
        var watch = Watch()
        watch.tracker.lookupStarted(at: instant(0))
        #expect(watch.tracker.nextLookup == nil)
    }

    @Test(arguments: [(3, 3), (30, 5), (5, 5), (0, 1)])
    func `polls follow the time to live between 1 and 5 seconds`(ttl: Double, expected: Double) {
        for seed in 0..<50 {
            let wait = wait(after: .complete(1, ttl: ttl), seed: UInt64(seed))
            #expect((expected...(expected * 1.1)).contains(wait))
        }
    }

    @Test func `an endless time to live does not end the polls`() {
        #expect((5...5.5).contains(wait(after: .complete(1, ttl: 2_147_483_647))))
    }

    @Test func `the polls of different seeds differ`() {
        #expect(Set((0..<20).map { wait(after: .complete(1), seed: $0) }).count > 15)
    }

    @Test func `lookups without a usable answer come less often as that repeats`() {
        var watch = Watch()
        var now = 0.0
        var waits: [Double] = []
        for index in 0..<6 {
            watch.observe(index == 2 ? .gone : .failed, at: now)
            let next = Double(watch.tracker.nextLookup?.nanoseconds ?? 0) / 1e9
            waits.append(next - now)
            now = next
        }
        for (wait, expected) in zip(waits, [1.0, 2, 4, 5, 5, 5]) {
            #expect((expected...(expected * 1.1)).contains(wait))
        }
    }

    @Test func `a good answer ends that`() {
        var watch = Watch()
        for second in 0..<5 { watch.observe(.failed, at: Double(second)) }
        watch.observe(.complete(1, ttl: 1), at: 5)
        watch.observe(.failed, at: 6)
        #expect((watch.tracker.nextLookup.map { $0 < instant(7.2) }) == true)
    }
}
