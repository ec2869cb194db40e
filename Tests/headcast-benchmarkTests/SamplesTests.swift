import Testing

@testable import headcast_benchmark

struct SamplesTests {
    @Test(
        arguments: [
            ([], nil), ([3], 3), ([9, 1, 2], 2), ([4, 1, 3, 2], 2.5), ([1, 1, 1, 1_000], 1),
        ] as [([Double], Double?)])
    func `the median stands in the middle`(values: [Double], median: Double?) {
        #expect(Samples(values).median == median)
    }

    @Test(
        arguments: [
            (0.5, 50), (0.99, 99), (0.991, 100), (1, 100), (0.001, 1),
        ] as [(Double, Double)])
    func `a percentile is the smallest that so many do not exceed`(share: Double, value: Double) {
        #expect(Samples((1...100).reversed().map { Double($0) }).percentile(share) == value)
    }

    @Test func `nothing has no percentile`() {
        #expect(Samples().percentile(0.99) == nil)
    }
}
