import Clocks
import Glibc
import Testing

struct TimestampTests {
    @Test func `texts of timestamps one after the other are each its own`() {
        var texts = TimestampText()
        let times: [Int64] = [0, 999_999, 1_000_000, 5, -1, 1_790_000_000_123_456_789, 1_790_000_000_123_999_999]
        for nanoseconds in times {
            let timestamp = Timestamp(nanoseconds: nanoseconds)
            let text = texts.rfc3339(timestamp)
            #expect(text.indices.map { text[$0] } == Array(timestamp.description.utf8))
        }
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (1_234_567_890, "2009-02-13T23:31:30.000Z"),
        (951_782_400, "2000-02-29T00:00:00.000Z"),
        (951_868_799, "2000-02-29T23:59:59.000Z"),
        (951_868_800, "2000-03-01T00:00:00.000Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"),
        (1_677_628_799, "2023-02-28T23:59:59.000Z"),
        (1_677_628_800, "2023-03-01T00:00:00.000Z"),
        (4_107_542_399, "2100-02-28T23:59:59.000Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        (1_767_225_599, "2025-12-31T23:59:59.000Z"),
        (1_767_225_600, "2026-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.000Z"),
        (-2_203_891_200, "1900-03-01T00:00:00.000Z"),
    ])
    func `a second of the calendar is written by RFC 3339`(_ seconds: Int64, _ expected: String) {
        #expect(Timestamp(nanoseconds: seconds * 1_000_000_000).description == expected)
    }

    @Test(arguments: [
        (Int64(999_999), "1970-01-01T00:00:00.000Z"),
        (1_000_000, "1970-01-01T00:00:00.001Z"),
        (999_999_999, "1970-01-01T00:00:00.999Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-1_000_000, "1969-12-31T23:59:59.999Z"),
        (-1_000_001, "1969-12-31T23:59:59.998Z"),
        (.max, "2262-04-11T23:47:16.854Z"),
        (.min, "1677-09-21T00:12:43.145Z"),
    ])
    func `a fraction is rounded down to milliseconds`(_ nanoseconds: Int64, _ expected: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == expected)
    }

    @Test func `any day is the one that the C library computes`() {
        var generator = SplitMix(state: 0x5EED)
        for _ in 0..<20_000 {
            let nanoseconds = Int64.random(
                in: -9_000_000_000_000_000_000...9_000_000_000_000_000_000, using: &generator)
            #expect(Timestamp(nanoseconds: nanoseconds).description == Self.reference(nanoseconds))
        }
    }

    @Test func `every midnight from 1890 to 2110 is the one that the C library computes`() {
        for day in Int64(-29_200)...51_200 {
            let nanoseconds = day * 86_400_000_000_000
            let text = Timestamp(nanoseconds: nanoseconds).description
            guard text != Self.reference(nanoseconds) else { continue }
            Issue.record("day \(day) is written \(text)")
        }
    }

    @Test func `later is greater`() {
        let early = Timestamp(nanoseconds: -5)
        #expect(early < early + .nanoseconds(1))
        #expect(early + .nanoseconds(10) == Timestamp(nanoseconds: 5))
    }

    /// The same by gmtime_r(3).
    private static func reference(_ nanoseconds: Int64) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            rest += 1_000_000_000
            seconds -= 1
        }
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: some BinaryInteger, _ digits: Int) -> String {
            let text = String(Int(value))
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let date = "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
        let time = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
        return "\(date)T\(time).\(padded(rest / 1_000_000, 3))Z"
    }
}

/// A generator that gives the same numbers every time (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
