import Clocks
import Testing

@testable import headcast

struct RetryPeriodTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    @Test func `the last try is at the end of the period, however long the gateway wants to be left alone`() {
        let period = RetryPeriod(until: start + .seconds(2))
        #expect(period.pause(.seconds(1), at: start) == .seconds(1))
        #expect(period.pause(.seconds(1), at: start + .milliseconds(1_001)) == .milliseconds(999))
        #expect(period.pause(.seconds(30), at: start) == .seconds(2))
        #expect(period.pause(.seconds(1), at: start + .seconds(2)) == nil)
    }

    @Test func `a period as long as one pause has a second try`() {
        #expect(RetryPeriod(until: start + .seconds(1)).pause(.seconds(1), at: start + .milliseconds(1)) != nil)
    }

    @Test func `without a period nothing is tried again`() {
        #expect(RetryPeriod(until: start).pause(.seconds(1), at: start) == nil)
    }
}
