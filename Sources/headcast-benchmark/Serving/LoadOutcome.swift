import CBaseline
import Clocks

/// What came of a load.
struct LoadOutcome: Sendable {
    /// Requests answered with 2xx, with another status, not at all, and never sent since no connection was free.
    var accepted: Int
    var refused: Int
    var unanswered: Int
    var unsent: Int
    var time: Duration
    /// The longest that one request waited for its answer.
    var longestWait: Duration
    /// What the server has used of processors meanwhile, and what the load has.
    var serverTime = Duration.zero
    var loadTime = Duration.zero

    init(_ outcome: baseline_outcome) {
        accepted = Int(outcome.accepted)
        refused = Int(outcome.refused)
        unanswered = Int(outcome.unanswered)
        unsent = Int(outcome.unsent)
        time = .nanoseconds(Int64(outcome.nanoseconds))
        longestWait = .nanoseconds(Int64(outcome.longestWait))
    }

    var perSecond: Double { time > .zero ? Double(accepted) / time.seconds : 0 }
}
