import Endpoints
import Requesting

/// What a recorder tells at /metrics of what it has stored, counted since its start.
struct RecorderMetrics {
    /// Responses that are acknowledged, by what came of them.
    var stored = 0.0
    var repeated = 0.0
    var diverged = 0.0
    /// Commits, and the responses that they stored.
    var groups = 0.0
    var groupResponses = 0.0

    init(of recorder: Endpoint, _ client: HTTPClient) throws {
        var request = HTTPRequest("http://\(recorder)/metrics")
        request.usesProxy = false
        let answer: HTTPAnswer
        do throws(HTTPFailure) {
            answer = try client.perform(request)
        } catch {
            throw BenchmarkFailure("the recorder does not tell its metrics: \(error)")
        }
        self.init(String(decoding: answer.body, as: UTF8.self))
    }

    /// - Parameter text: the text format of Prometheus.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            switch line[..<space] {
            case #"headcast_responses_total{outcome="stored"}"#: stored = value
            case #"headcast_responses_total{outcome="repeated"}"#: repeated = value
            case #"headcast_responses_total{outcome="diverged"}"#: diverged = value
            case "headcast_group_responses_count": groups = value
            case "headcast_group_responses_sum": groupResponses = value
            default: break
            }
        }
    }

    /// What was counted since `earlier`.
    func since(_ earlier: RecorderMetrics) -> RecorderMetrics {
        var difference = self
        difference.stored -= earlier.stored
        difference.repeated -= earlier.repeated
        difference.diverged -= earlier.diverged
        difference.groups -= earlier.groups
        difference.groupResponses -= earlier.groupResponses
        return difference
    }

    /// Responses that shared a commit, in the mean; nil before the first.
    var meanGroup: Double? { groups > 0 ? groupResponses / groups : nil }

    /// Those of a hundred that made a record.
    var newPercent: Double? {
        let all = stored + repeated + diverged
        return all > 0 ? stored / all * 100 : nil
    }
}
