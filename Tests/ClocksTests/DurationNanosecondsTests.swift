import Clocks
import Testing

struct DurationNanosecondsTests {
    @Test(arguments: [
        (Duration.zero, Int64(0)),
        (.nanoseconds(1), 1),
        (.nanoseconds(-1), -1),
        (.milliseconds(1_500), 1_500_000_000),
        (.milliseconds(-1_500), -1_500_000_000),
        (.seconds(86_400), 86_400_000_000_000),
        (.nanoseconds(Int64.max / 2), .max / 2),
    ])
    func `a duration counts its nanoseconds`(_ duration: Duration, _ expected: Int64) {
        #expect(duration.nanoseconds == expected)
    }

    @Test func `a fraction of a nanosecond is cut off towards zero`() {
        #expect(Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999).nanoseconds == 1)
        #expect(Duration(secondsComponent: 0, attosecondsComponent: -1_999_999_999).nanoseconds == -1)
    }

    @Test(arguments: [5_000_000_000, 10_000_000_000, Int64.max / 1_000_000_000 + 1, .max])
    func `a duration of centuries is cut off at 146 years`(_ seconds: Int64) {
        let limit: ClosedRange<Int64> = Int64.max / 2...Int64.max / 2 + 1_000_000_000
        #expect(limit.contains(Duration.seconds(seconds).nanoseconds))
        #expect(limit.contains(-Duration.seconds(-seconds).nanoseconds))
    }

    @Test func `seconds keep fraction and sign`() {
        #expect(Duration.milliseconds(1_250).seconds == 1.25)
        #expect(Duration.milliseconds(-1_250).seconds == -1.25)
    }
}
