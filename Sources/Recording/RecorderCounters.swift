import Clocks
import Records
import Service

/// What a recorder has counted since its start, for its metrics. Loop thread only.
struct RecorderCounters {
    private(set) var stored: UInt64 = 0
    private(set) var repeated: UInt64 = 0
    private(set) var diverged: UInt64 = 0
    /// By the code that their senders were told.
    private(set) var refused: [ErrorCode: UInt64] = [:]

    /// How many responses shared a commit.
    private(set) var groupSizes = CountHistogram()
    private(set) var commitTime = DurationHistogram()
    /// How often the store did not do what it was asked, by why.
    private(set) var storeErrors: [String: UInt64] = [:]

    /// The codes a response may be refused with by the recorder's own doing.
    static let refusals: [ErrorCode] = [.overloaded, .draining, .storeUnavailable, .storeFull, .storeReadOnly]

    mutating func record(_ outcomes: [Outcome], in duration: Duration) {
        groupSizes.record(outcomes.count)
        commitTime.record(duration)
        for outcome in outcomes {
            switch outcome {
            case .stored: stored += 1
            case .repeated: repeated += 1
            case .diverged: diverged += 1
            }
        }
    }

    mutating func refuse(_ count: Int, with code: ErrorCode) {
        refused[code, default: 0] += UInt64(count)
    }

    mutating func fail(with error: StoreError) {
        storeErrors[error.kind, default: 0] += 1
    }
}

extension StoreError {
    /// One word for metrics and status.
    var kind: String {
        switch self {
        case .unavailable: "unavailable"
        case .full: "full"
        case .readOnly: "read_only"
        case .inUse: "in_use"
        case .gone: "gone"
        case .refused: "refused"
        case .unsupported: "unsupported"
        case .corrupt: "corrupt"
        }
    }

    static let kinds = ["unavailable", "full", "read_only", "in_use", "gone", "refused", "unsupported", "corrupt"]
}
