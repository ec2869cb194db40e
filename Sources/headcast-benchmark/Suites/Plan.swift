/// How long and how often is measured.
struct Plan: Sendable {
    var suites = Suite.allCases
    /// Of each measurement, in each round.
    var seconds = 1.0
    /// In each of which ours and the yardstick have their turn.
    var rounds = 3
    /// Fewer circumstances: to see that it works.
    var isQuick = false
    /// What a subscriber is sent in a millisecond at most; nil for the default of topics.
    var burstBytes: Int?

    var time: Duration { .seconds(seconds) }

    /// `all`, or `some` when it is to be quick.
    func choice<Value>(_ all: [Value], quick some: [Value]) -> [Value] { isQuick ? some : all }

    /// Runs both in turns, the other way round in every second round.
    func alternate(
        _ ours: () throws -> Double, _ yardstick: () throws -> Double
    ) rethrows -> Comparison {
        var comparison = Comparison()
        for round in 0..<rounds {
            let first = round % 2 == 0 ? try ours() : try yardstick()
            let second = round % 2 == 0 ? try yardstick() : try ours()
            comparison.append(
                ours: round % 2 == 0 ? first : second, yardstick: round % 2 == 0 ? second : first)
        }
        return comparison
    }
}
