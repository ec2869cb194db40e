import Testing

@testable import Service

struct DurationHistogramTests {
    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(50_000), 0), (.nanoseconds(50_001), 1), (.milliseconds(1), 4),
            (.milliseconds(2_500), 14), (.nanoseconds(2_500_000_001), 15), (.seconds(1 << 40), 15),
        ]
    )
    func `a duration counts in the first range that reaches it`(duration: Duration, range: Int) {
        var histogram = DurationHistogram()
        histogram.record(duration)
        #expect(histogram.counts.indices.filter { histogram.counts[$0] > 0 } == [range])
    }

    @Test func `a negative duration counts as none`() {
        var histogram = DurationHistogram()
        histogram.record(.seconds(-1))
        #expect(histogram.counts[0] == 1)
        #expect(histogram.totalNanoseconds == 0)
    }

    @Test func `durations add up`() {
        var histogram = DurationHistogram()
        histogram.record(.milliseconds(2))
        histogram.record(.microseconds(3))
        #expect(histogram.totalNanoseconds == 2_003_000)
        #expect(histogram.counts.reduce(0, +) == 2)
    }

    @Test func `labels say in seconds what bounds say in nanoseconds`() {
        for bound in DurationHistogram.bounds {
            #expect(Double(bound.label).map { ($0 * 1e9).rounded() } == Double(bound.nanoseconds), "\(bound.label)")
        }
        #expect(DurationHistogram.bounds.map(\.nanoseconds) == DurationHistogram.bounds.map(\.nanoseconds).sorted())
    }
}
