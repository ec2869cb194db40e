import Clocks
import MicroHTTP

/// What became of the HTTP requests of one server, for its metrics. Loop thread only.
package struct RequestStatistics {
    /// How long requests took from the end of their first line to their answer; what is posted is what a server is for.
    private(set) var posts = DurationHistogram()
    private(set) var others = DurationHistogram()

    /// Answers by status code, 100…599.
    private var answers = [UInt64](repeating: 0, count: 600)

    /// Statuses shown before anybody got them, so that their rates have a beginning.
    private static let usual = Set([200, 201, 202] + ErrorCode.allCases.map(\.status))

    package init() {}

    package mutating func record(status: Int, isPost: Bool, duration: Duration) {
        if answers.indices.contains(status) { answers[status] += 1 }
        if isPost { posts.record(duration) } else { others.record(duration) }
    }

    /// By status, in order.
    var answersByStatus: [(status: Int, count: UInt64)] {
        answers.indices.filter { answers[$0] > 0 || Self.usual.contains($0) }.map { ($0, answers[$0]) }
    }
}

extension MetricsText {
    /// The metrics every server has of its HTTP side.
    ///
    /// - Parameter path: what `path` is called where something is posted.
    package mutating func requests(_ requests: RequestStatistics, posts path: String, of server: HTTPServer?) {
        counter("headcast_http_requests_total", "HTTP requests answered, by status code.") { samples in
            for (status, count) in requests.answersByStatus { samples.sample(count, ["code": "\(status)"]) }
        }
        histogram("headcast_http_request_duration_seconds", "Time from the first line of a request to its answer.") {
            $0.sample(requests.posts, ["path": path])
            $0.sample(requests.others, ["path": "other"])
        }
        guard let server else { return }
        gauge("headcast_http_connections", "Open HTTP connections.") { $0.sample(server.connectionCount) }
        counter("headcast_http_timeouts_total", "Connections closed because the client took too long.") {
            $0.sample(server.counters.timeouts)
        }
    }
}
