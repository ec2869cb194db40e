import Clocks
import Testing

struct DurationTextTests {
    @Test(arguments: [
        (Duration.microseconds(420), "0.4 ms"), (.milliseconds(3), "3 ms"), (.microseconds(12_345), "12 ms"),
        (.milliseconds(1_500), "1.5 s"), (.seconds(30), "30 s"), (.zero, "0 s"), (.milliseconds(-1_500), "-1.5 s"),
    ])
    func `a short duration has two digits`(duration: Duration, text: String) {
        #expect(duration.text == text)
    }

    @Test(
        arguments: [
            (59, "59 s"), (60, "1 m"), (61, "1 m 1 s"), (3_600, "1 h"), (11_520, "3 h 12 m"), (86_400, "1 d"),
            (90_000, "1 d 1 h"), (90_059, "1 d 1 h"),
        ]
    )
    func `a long one has two units`(seconds: Int, text: String) {
        #expect(Duration.seconds(seconds).text == text)
    }

    @Test(arguments: [Int64.max, .min]) func `centuries are no trap`(seconds: Int64) {
        #expect(Duration.seconds(seconds).text.contains("d"))
    }
}
