import Clocks
import Testing

@testable import headcast_benchmark

struct ArrivalTableTests {
    @Test func `a message has its time when the last subscriber has it`() {
        var table = ArrivalTable(subscribers: 2)
        table.note(sentAt: 1_000, number: 1, at: Instant(nanoseconds: 5_000))
        table.note(sentAt: 2_000, number: 2, at: Instant(nanoseconds: 6_000))
        #expect(table.samples.isEmpty)
        table.note(sentAt: 1_000, number: 1, at: Instant(nanoseconds: 8_000))
        #expect(table.takeSamples() == [7])
        #expect(table.samples.isEmpty)
    }

    @Test func `a message that one subscriber missed does not spoil a later one of its place`() {
        var table = ArrivalTable(subscribers: 2)
        table.note(sentAt: 1_000, number: 1, at: Instant(nanoseconds: 5_000))
        for time in [10_000, 12_000] as [Int64] {
            table.note(sentAt: 9_000, number: 1 + 1 << 16, at: Instant(nanoseconds: time))
        }
        #expect(table.samples == [3])
    }
}
