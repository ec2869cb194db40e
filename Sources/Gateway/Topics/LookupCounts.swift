import FanOut

/// How often each outcome came of looking a topic's name up.
struct LookupCounts {
    private var complete: UInt64 = 0
    private var truncated: UInt64 = 0
    private var negative: UInt64 = 0
    private var unknown: UInt64 = 0

    mutating func record(_ observation: Observation) {
        switch observation {
        case .complete: complete += 1
        case .truncated: truncated += 1
        case .negative: negative += 1
        case .unknown: unknown += 1
        }
    }

    /// Each outcome by its word in metrics.
    var byOutcome: [(outcome: String, count: UInt64)] {
        [("complete", complete), ("truncated", truncated), ("negative", negative), ("unknown", unknown)]
    }
}
