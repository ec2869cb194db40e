import Clocks

/// When which records are removed: now and then, or after many were stored, as many steps as it takes, for each rule in
/// turn.
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
    /// Records that were stored since the last step, and since the first rule last had its turn.
    private var storedSinceStep = 0
    private var storedSinceTurn = 0
    /// How many of them are worth a look before its time.
    private let manyStored: Int
    private var stepLimit = smallestStep
    private let largestStep: Int

    private static let smallestStep = 500

    init(_ configuration: RecorderConfiguration, at now: Instant) {
        rules =
            (configuration.retainFor.map { [.age($0)] } ?? [])
            + (configuration.retainRecords.map { [.count(Int64($0))] } ?? [])
        interval = configuration.retentionInterval
        nextStep = now
        // What comes in between two looks may be many times what is kept.
        manyStored = configuration.retainRecords.map { max(1_000, $0 / 10) } ?? .max
        largestStep = max(Self.smallestStep, 2 * configuration.maximumGroupResponses)
    }

    /// When the next step is due; nil when everything is kept.
    var deadline: Instant? { rules.isEmpty ? nil : nextStep }

    func isDue(at now: Instant) -> Bool { !rules.isEmpty && now >= nextStep }

    /// `count` records were stored.
    mutating func stored(_ count: Int, at now: Instant) {
        storedSinceStep += count
        storedSinceTurn += count
        if storedSinceTurn >= manyStored { nextStep = min(nextStep, now) }
    }

    /// The step to take next. Where others wait, a group is stored between two of them, and less than what the next one
    /// removes: the store shrinks whatever comes in.
    mutating func step(at now: Timestamp) -> Removal {
        stepLimit = min(max(2 * storedSinceStep, Self.smallestStep), largestStep)
        storedSinceStep = 0
        if turn == 0 { storedSinceTurn = 0 }
        let rule: Removal.Rule =
            switch rules[turn] {
            case .age(let age): .storedBefore(now + .nanoseconds(-age.nanoseconds))
            case .count(let count): .keeping(count)
            }
        return Removal(rule: rule, limit: stepLimit)
    }

    /// A step removed `count` records: there may be more of them, or it is the next rule's turn.
    mutating func stepped(_ count: Int, at now: Instant) {
        removedCount += UInt64(count)
        guard count < stepLimit else { return }
        turn = (turn + 1) % rules.count
        if turn == 0 { nextStep = now + interval }
    }

    mutating func failed(at now: Instant) {
        nextStep = now + interval
    }
}
