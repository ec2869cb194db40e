import MicroHTTP
import Records
import Service

extension Routes {
    /// GET /metrics
    func metrics(_ exchange: Exchange) throws(Refusal) -> HTTPResponse? {
        _ = try QueryReader(exchange, known: [])
        var text = MetricsText()
        writeRecorder(to: &text)
        writeResponses(to: &text)
        writeStore(to: &text)
        text.requests(recorder.requests, posts: "response", of: recorder.server)
        text.process(.current())
        return HTTPResponse(status: 200, contentType: MetricsText.contentType, body: Array(text.text.utf8))
    }

    private func writeRecorder(to text: inout MetricsText) {
        text.gauge("headcast_build_info", "Always 1; which program this is, and what it calls itself.") {
            $0.sample(1, ["version": Release.version, "recorder": recorder.name])
        }
        text.gauge("headcast_ready", "1 while the recorder is ready, as /readyz says.") {
            $0.sample(recorder.isReady ? 1 : 0)
        }
    }

    private func writeResponses(to text: inout MetricsText) {
        let counters = recorder.counters
        text.counter("headcast_responses_total", "Responses acknowledged, by what came of them.") {
            $0.sample(counters.stored, ["outcome": "stored"])
            $0.sample(counters.repeated, ["outcome": "repeated"])
            $0.sample(counters.diverged, ["outcome": "diverged"])
        }
        text.counter("headcast_responses_refused_total", "Responses not acknowledged for want of room or store.") {
            for code in RecorderCounters.refusals {
                $0.sample(counters.refused[code] ?? 0, ["code": code.rawValue])
            }
        }
        text.gauge("headcast_responses_waiting", "Responses that are accepted and not answered.") {
            $0.sample(recorder.intake.responses)
        }
        text.gauge("headcast_responses_waiting_bytes", "Memory of those, in bytes.") {
            $0.sample(recorder.intake.bytes)
        }
    }

    private func writeStore(to text: inout MetricsText) {
        let counters = recorder.counters
        text.gauge("headcast_store_available", "1 while the store does what it is asked.") {
            $0.sample(recorder.health.isOpen && recorder.health.trouble == nil ? 1 : 0)
        }
        text.histogram("headcast_group_responses", "Responses that were stored with one commit.") {
            $0.sample(counters.groupSizes)
        }
        text.histogram("headcast_commit_duration_seconds", "Time that storing a group took, its commit included.") {
            $0.sample(counters.commitTime)
        }
        text.counter("headcast_store_errors_total", "How often the store did not do what it was asked, by why.") {
            for kind in StoreError.kinds { $0.sample(counters.storeErrors[kind] ?? 0, ["reason": kind]) }
        }
        text.counter("headcast_records_removed_total", "Records removed since they need not be kept.") {
            $0.sample(recorder.retention.removedCount)
        }
        text.gauge("headcast_queries_open", "Questions to the store that are not answered.") {
            $0.sample(recorder.queries.count)
        }
    }
}
