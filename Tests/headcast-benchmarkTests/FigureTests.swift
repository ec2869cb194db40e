import Testing

@testable import headcast_benchmark

struct FigureTests {
    @Test(
        arguments: [
            (nil, "-"), (.nan, "-"), (.infinity, "-"), (0, "0"), (7, "7"), (1_234_567.8, "1,234,568"), (123.4, "123"),
            (-12.34, "-12.3"), (1.005, "1.00"), (9.999, "10.00"), (0.0123, "0.0123"), (-0.5, "-0.50"),
        ] as [(Double?, String)])
    func `a number has the digits that tell something`(value: Double?, text: String) {
        #expect(Figure("ours", value).text == text)
    }
}
