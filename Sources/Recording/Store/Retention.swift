import Clocks

/// When which records are removed: now and then as many steps as it takes, for each rule in turn.
struct Retention {
    private enum Rule {
        case age(Duration)
        case count(Int64)
    }

    private let rules: [Rule]
    private let interval: Duration
    /// The rule whose turn it is.
    private var turn = 0
    private var nextStep: Instant
    private(set) var removedCount: UInt64 = 0

    init(_ configuration: RecorderConfiguration, at now: Instant) {
        rules =
            (configuration.retainFor.map { [.age($0)] } ?? [])
            + (configuration.retainRecords.map { [.count(Int64($0))] } ?? [])
        interval = configuration.retentionInterval
        nextStep = now
    }

    /// When the next step is due; nil when everything is kept.
    var deadline: Instant? { rules.isEmpty ? nil : nextStep }

    func isDue(at now: Instant) -> Bool { !rules.isEmpty && now >= nextStep }

    func step(at now: Timestamp) -> Removal {
        switch rules[turn] {
        case .age(let age): .storedBefore(now + .nanoseconds(-age.nanoseconds))
        case .count(let count): .keeping(count)
        }
    }

    /// A step removed `count` records: there may be more of them, or it is the next rule's turn.
    mutating func stepped(_ count: Int, at now: Instant) {
        removedCount += UInt64(count)
        guard count < Removal.limit else { return }
        turn = (turn + 1) % rules.count
        if turn == 0 { nextStep = now + interval }
    }

    mutating func failed(at now: Instant) {
        nextStep = now + interval
    }
}
