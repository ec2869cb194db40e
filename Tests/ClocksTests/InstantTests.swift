import Clocks
import Testing

struct InstantTests {
    @Test func `an instant moves by a duration and back`() {
        let start = Instant(nanoseconds: 5_000)
        let end = start + .microseconds(7)
        #expect(end.nanoseconds == 12_000)
        #expect(end - start == .microseconds(7))
        #expect(start - end == .microseconds(-7))
        #expect(start < end)
    }

    @Test func `the longest duration can be added to any instant of this century`() {
        let century = Instant(nanoseconds: 100 * 365 * 86_400 * 1_000_000_000)
        #expect(century + .seconds(Int64.max) > century)
    }

    @Test func `the clock never goes back`() {
        var last = Instant.now
        for _ in 0..<1_000 {
            let now = Instant.now
            #expect(now >= last)
            last = now
        }
    }

    @Test func `a moment moves both of its clocks`() {
        let moment =
            Moment(instant: Instant(nanoseconds: 10), timestamp: Timestamp(nanoseconds: 1_000)) + .nanoseconds(5)
        #expect(moment.instant.nanoseconds == 15)
        #expect(moment.timestamp.nanoseconds == 1_005)
    }
}
