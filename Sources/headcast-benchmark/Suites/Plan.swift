import Records

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
    /// The program that is measured; nil for the one beside this program.
    var program: String?
    /// The receiver in Python, which is measured, too; nil for none.
    var pythonSubscriber: String?

    // MARK: Recorder

    /// A server of PostgreSQL for the records; nil for a file of SQLite in ``folder``.
    var store: StoreLocation?
    /// Where files of databases are made, and removed in the end.
    var folder = "/tmp"
    /// After how many responses memory is measured.
    var responses = 100_000

    /// Whether it is too short for figures and just tries everything.
    var isTrial: Bool { seconds < 0.1 }

    var time: Duration { .seconds(seconds) }

    /// `all`, or `some` when it is to be quick, or `few` when it is a trial.
    func choice<Value>(_ all: Value, quick some: Value? = nil, trial few: Value? = nil) -> Value {
        if isTrial, let few { return few }
        return isQuick ? some ?? all : all
    }

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
