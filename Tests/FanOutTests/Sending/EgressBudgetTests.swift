import Clocks
import Testing

@testable import FanOut

struct EgressBudgetTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    @Test func `a second's budget may leave at once`() {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(600, at: start) == nil)
        #expect(budget.take(400, at: start) == nil)
        #expect(budget.take(1, at: start) != nil)
    }

    @Test func `what is refused costs nothing`() {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(900, at: start) == nil)
        for _ in 0..<10 { #expect(budget.take(200, at: start) != nil) }
        #expect(budget.take(100, at: start) == nil)
    }

    @Test func `the wait is the time in which the rest is saved`() throws {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(1_000, at: start) == nil)
        let told = budget.take(250, at: start)
        let wait = try #require(told)
        #expect(wait >= .milliseconds(250) && wait < .milliseconds(251))
        #expect(budget.take(250, at: start + .milliseconds(249)) != nil)
        #expect(budget.take(250, at: start + wait) == nil)
    }

    @Test func `no more than a second's budget is saved`() {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(1_000, at: start) == nil)
        let later = start + .seconds(3_600)
        #expect(budget.take(1_000, at: later) == nil)
        #expect(budget.take(1, at: later) != nil)
    }

    @Test func `a message dearer than a second's budget leaves and its debt is waited for`() throws {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(5_000, at: start) == nil)
        let told = budget.take(1, at: start)
        let wait = try #require(told)
        #expect(wait >= .milliseconds(4_001) && wait < .milliseconds(4_002))
        #expect(budget.take(1, at: start + .seconds(4)) != nil)
        #expect(budget.take(1, at: start + wait) == nil)
    }

    @Test func `nothing costs nothing`() {
        var budget = EgressBudget(bytesPerSecond: 1)
        #expect(budget.take(1, at: start) == nil)
        #expect(budget.take(0, at: start) == nil)
    }

    @Test func `time that goes back saves nothing`() {
        var budget = EgressBudget(bytesPerSecond: 1_000)
        #expect(budget.take(1_000, at: start) == nil)
        #expect(budget.take(500, at: start + .seconds(-10)) != nil)
        #expect(budget.take(500, at: start) != nil)
        #expect(budget.take(500, at: start + .milliseconds(500)) == nil)
    }

    @Test func `a debt of centuries is waited for`() throws {
        var budget = EgressBudget(bytesPerSecond: 1)
        #expect(budget.take(65_507 * 16 * 1_000_000, at: start) == nil)
        let told = budget.take(1, at: start)
        let wait = try #require(told)
        #expect(wait > .seconds(1_000_000_000_000))
    }

    @Test(arguments: 1...10)
    func `what was told to wait may leave then, and no second holds more than two budgets`(_ seed: UInt64) {
        var dice = Dice(seed)
        let rate = [1, 7, 1_000, 123_457, 10_000_000_000][dice.roll(0...4)]
        var budget = EgressBudget(bytesPerSecond: rate)
        var taken: [(at: Instant, bytes: Int)] = []
        var now = start
        for _ in 0..<1_000 {
            now = now + .nanoseconds(dice.roll(0...300_000_000))
            let bytes = dice.roll(0...rate)
            if let wait = budget.take(bytes, at: now) {
                now = now + wait
                #expect(budget.take(bytes, at: now) == nil, "after \(wait)")
            }
            taken.append((now, bytes))
            let second = taken.reversed().prefix { now - $0.at < .seconds(1) }.reduce(0) { $0 + $1.bytes }
            #expect(second <= 2 * rate)
        }
    }
}
