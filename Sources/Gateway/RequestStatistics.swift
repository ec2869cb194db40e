import Clocks
import Service

/// What became of the HTTP requests of one gateway, for its metrics. Loop thread only.
struct RequestStatistics {
    /// How long requests took from the end of their first line to their answer; every POST is a publish.
    private(set) var publishes = DurationHistogram()
    private(set) var others = DurationHistogram()

    /// Answers by status code, 100…599.
    private var answers = [UInt64](repeating: 0, count: 600)

    /// Statuses shown before anybody got them, so that their rates have a beginning.
    private static let usual = Set([200, 201, 202] + ErrorCode.allCases.map(\.status))

    mutating func record(status: Int, isPublish: Bool, duration: Duration) {
        if answers.indices.contains(status) { answers[status] += 1 }
        if isPublish { publishes.record(duration) } else { others.record(duration) }
    }

    /// By status, in order.
    var answersByStatus: [(status: Int, count: UInt64)] {
        answers.indices.filter { answers[$0] > 0 || Self.usual.contains($0) }.map { ($0, answers[$0]) }
    }
}
