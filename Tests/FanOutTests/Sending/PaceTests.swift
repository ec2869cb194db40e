import Clocks
import Testing

@testable import FanOut

struct PaceTests {
    private let start = Instant(nanoseconds: 7_000_000_000_063)
    private let millisecond: Duration = .milliseconds(1)

    @Test func `a burst leaves at once`() {
        var pace = Pace(burstBytes: 1_000)
        #expect(pace.delay(for: 400, at: start) == nil)
        pace.record(400, at: start)
        #expect(pace.delay(for: 600, at: start) == nil)
        pace.record(600, at: start)
        #expect(pace.delay(for: 1, at: start) != nil)
    }

    @Test func `the next burst leaves after a millisecond, an eighth more at most`() throws {
        var pace = Pace(burstBytes: 1_000)
        pace.record(1_000, at: start)
        let told = pace.delay(for: 1_000, at: start)
        let next = try #require(told)
        #expect(next > start + millisecond)
        #expect(next <= start + .microseconds(1_125))
        #expect(pace.delay(for: 1_000, at: next) == nil)
    }

    @Test func `a datagram larger than a burst leaves when nothing was sent for a millisecond`() throws {
        var pace = Pace(burstBytes: 10)
        #expect(pace.delay(for: 1_000, at: start) == nil)
        pace.record(1_000, at: start)
        let told = pace.delay(for: 1_000, at: start)
        let next = try #require(told)
        #expect(next > start + millisecond)
        #expect(pace.delay(for: 1_000, at: next) == nil)
    }

    @Test func `empty datagrams are never held back`() {
        var pace = Pace(burstBytes: 10)
        pace.record(10, at: start)
        #expect(pace.delay(for: 0, at: start) == nil)
    }

    @Test func `asking costs nothing`() {
        var pace = Pace(burstBytes: 10)
        for _ in 0..<100 { #expect(pace.delay(for: 10, at: start) == nil) }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 124_999, 125_000, Int64.max / 2])
    func `any instant is a time to send`(_ nanoseconds: Int64) {
        var pace = Pace(burstBytes: 10)
        let now = Instant(nanoseconds: nanoseconds)
        #expect(pace.delay(for: 10, at: now) == nil)
        pace.record(10, at: now)
        #expect(pace.delay(for: 10, at: now).map { $0 > now } == true)
    }

    @Test func `a clock that is handed in twice or late changes nothing`() {
        var pace = Pace(burstBytes: 10)
        pace.record(6, at: start + millisecond)
        pace.record(4, at: start)
        #expect(pace.delay(for: 1, at: start + millisecond) != nil)
    }

    /// Sends at random times, waiting whenever told to, and looks back over all sends for the worst millisecond.
    @Test(arguments: 1...12)
    func `no millisecond holds more than a burst, and nothing waits longer than it must`(_ seed: UInt64) throws {
        var dice = Dice(seed)
        let burst = dice.roll(1...3) * 1_000
        var pace = Pace(burstBytes: burst)
        var sends: [(at: Instant, bytes: Int)] = []
        var now = start + .nanoseconds(dice.roll(0...1_000_000))
        for _ in 0..<3_000 {
            now = now + .nanoseconds(dice.roll(0...4) == 0 ? dice.roll(0...3_000_000) : dice.roll(0...200_000))
            let bytes = dice.roll(0...20) == 0 ? burst + dice.roll(1...500) : dice.roll(0...burst)
            let asked = now
            var rounds = 0
            while let next = pace.delay(for: bytes, at: now) {
                try #require(next > now)
                now = next
                rounds += 1
            }
            #expect(rounds <= 1, "the instant it returns is one to send at")
            #expect(now - asked <= .microseconds(1_125))
            if now > asked { #expect(Self.bytes(of: sends, in: .microseconds(1_125), to: asked) + bytes > burst) }
            pace.record(bytes, at: now)
            sends.append((now, bytes))
            let window = Self.bytes(of: sends, in: millisecond, to: now)
            #expect(window <= burst || window == bytes, "\(window) of \(burst) bytes in a millisecond")
        }
    }

    /// How much left in the `length` that ends at `end`, both ends included.
    private static func bytes(of sends: [(at: Instant, bytes: Int)], in length: Duration, to end: Instant) -> Int {
        sends.reversed().prefix { end - $0.at <= length }.reduce(0) { $0 + $1.bytes }
    }
}
