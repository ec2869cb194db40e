import Clocks
import Endpoints

/// What is to be told of subscribers that got into trouble, and of those that got out of it.
///
/// Bounded for each subscriber: trouble is told again after ``interval`` at the earliest, and its end once. One that gets
/// into trouble sooner is told of later, if it still is in trouble then.
struct Troubles {
    /// From one telling of trouble with a subscriber to the next.
    static let interval: Duration = .seconds(10)
    /// How long nothing must go wrong before trouble counts as over.
    static let quietTime: Duration = .seconds(5)
    /// The most that wait until somebody takes them.
    static let maximumWaiting = 1_000

    /// What was told of one subscriber.
    private struct Telling {
        /// What speaks against it, as it was told; nil once its end was told.
        var state: SubscriberState?
        /// When trouble was last told; nil while that waits for room.
        var at: Instant?
        /// Whether trouble began that was not told.
        var isOwed = false

        func isTooSoon(at now: Instant) -> Bool { at.map { now - $0 < interval } ?? false }
    }

    private var waiting: [SubscriberTrouble] = []
    private var tellings: [Endpoint: Telling] = [:]

    /// Whether something waits to be taken.
    var areWaiting: Bool { !waiting.isEmpty }

    /// Whether something may be told once time has passed.
    var areWatched: Bool { !tellings.isEmpty }

    /// Takes up `trouble` that begins now, unless it is known, or told of too short a time ago.
    mutating func begin(_ trouble: SubscriberTrouble, at now: Instant) {
        var telling = tellings[trouble.member.endpoint] ?? Telling()
        guard telling.state != trouble.state else { return }
        if telling.isTooSoon(at: now) || waiting.count >= Self.maximumWaiting {
            telling.isOwed = true
        } else {
            waiting.append(trouble)
            telling = Telling(state: trouble.state, at: now)
        }
        tellings[trouble.member.endpoint] = telling
    }

    /// Takes what is to be told.
    ///
    /// - Parameters:
    ///   - row: finds a subscriber; nil when it left, and then nothing more is told of it.
    ///   - newest: the number of the last datagram whose first copies were sent.
    mutating func take(_ row: (Endpoint) -> SubscriberRow?, newest: UInt64, at now: Instant) -> [SubscriberTrouble] {
        for (endpoint, telling) in tellings {
            tellings[endpoint] = row(endpoint).flatMap { review(telling, of: $0, newest: newest, at: now) }
        }
        defer { waiting = [] }
        return waiting
    }

    /// Adds what is due of one subscriber; what is to be remembered of it.
    private mutating func review(
        _ telling: Telling, of row: SubscriberRow, newest: UInt64, at now: Instant
    ) -> Telling? {
        var telling = telling
        let state = row.state(at: now, newest: newest).state
        guard waiting.count < Self.maximumWaiting else { return telling }
        if state.isTrouble {
            let isNews = telling.state.map { $0 != state } ?? telling.isOwed
            guard isNews, !telling.isTooSoon(at: now) else { return telling }
            waiting.append(SubscriberTrouble(row.member, state, error: row.lastError?.description ?? ""))
            return Telling(state: state, at: now)
        }
        telling.isOwed = false
        if let over = telling.state, row.isQuiet(at: now) {
            waiting.append(SubscriberTrouble(row.member, over, error: row.lastError?.description ?? "", isOver: true))
            telling.state = nil
        }
        return telling.state != nil || telling.isTooSoon(at: now) ? telling : nil
    }
}

extension SubscriberState {
    /// Whether it speaks against a subscriber.
    fileprivate var isTrouble: Bool {
        switch self {
        case .ok, .unproven: false
        case .refusing, .unreachable, .failing: true
        }
    }
}
