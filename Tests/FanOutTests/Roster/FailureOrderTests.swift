import Testing

@testable import FanOut

struct FailureOrderTests {
    @Test func `a range that copies are still to come of is not merged behind one that is settled`() {
        var failures = FailureRanges()
        failures.record(1_000..<1_001, copy: 0, code: 13, settled: 1)
        for number in UInt64(1)...40 { failures.record(2 * number..<2 * number + 1, copy: 1, code: 13, settled: 500) }
        #expect(failures.contains(1_000..<1_001, copy: 0))
    }
}
