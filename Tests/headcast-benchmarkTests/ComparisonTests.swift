import Testing

@testable import headcast_benchmark

struct ComparisonTests {
    @Test func `the ratio is the median of the rounds' ratios, not that of the medians`() {
        var comparison = Comparison()
        comparison.append(ours: 10, yardstick: 10)
        comparison.append(ours: 40, yardstick: 10)
        comparison.append(ours: 20, yardstick: 100)
        #expect(comparison.ratios.median == 1)
        #expect(comparison.ours.median == 20)
        #expect(comparison.yardstick.median == 10)
    }

    @Test func `a yardstick that reached nothing has no ratio`() {
        var comparison = Comparison()
        comparison.append(ours: 10, yardstick: 0)
        #expect(comparison.ratios.median == nil)
        #expect(comparison.figures.last?.text == "-")
    }

    @Test func `ours and the yardstick take turns, each first in every second round`() {
        var plan = Plan()
        plan.rounds = 3
        var turns = ""
        let comparison = plan.alternate {
            turns += "o"
            return 2
        } _: {
            turns += "y"
            return 1
        }
        #expect(turns == "oyyooy")
        #expect(comparison.ratios.values == [2, 2, 2])
    }
}
