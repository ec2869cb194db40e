import Foundation
import HTTPForTests
import Records
import Service
import Testing

@testable import Recording

struct StatusTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    @Test func `status has exactly these members`() throws {
        _ = try recorder.post(response("m", "k", "a", "x"))
        for _ in 0..<2 { _ = try recorder.post(response("m", "k", "b", "x")) }
        _ = try recorder.post(response("m", "k", "c", "y"))
        let status = try recorder.call("GET", "/status").json
        #expect(
            Set(status.keys) == [
                "version", "recorder", "startedAt", "store", "rows", "answers", "duplicates", "divergences", "retries",
                "queue",
            ])
        #expect(status["version"] as? String == Release.version && status["recorder"] as? String == "test")
        let counts = ["rows", "answers", "duplicates", "divergences", "retries"].map { status[$0] as? Int }
        #expect(counts == [1, 2, 1, 1, 1])
        let store = try #require(status["store"] as? [String: Any])
        #expect(store["location"] as? String == "sqlite:///in/memory.db" && store["state"] as? String == "open")
        #expect(store["reason"] is NSNull && store["since"] is NSNull)
        let queue = try #require(status["queue"] as? [String: Any])
        #expect(queue["responses"] as? Int == 0 && queue["maximumResponses"] as? Int == 16_384)
    }

    @Test func `status tells what ails the store, also when that cannot be read`() throws {
        _ = try recorder.post(response())
        recorder.store.failWriting(.full("no room"))
        recorder.store.failReading(.unavailable("away"))
        _ = try recorder.post(response("n"))
        let status = try recorder.call("GET", "/status")
        #expect(status.status == 200 && status.json["rows"] is NSNull)
        let store = try #require(status.json["store"] as? [String: Any])
        #expect(store["state"] as? String == "full" && store["reason"] as? String == "no room")
        #expect(store["since"] is String)
    }

    @Test func `metrics count what came of responses`() throws {
        _ = try recorder.post(response("m", "k", "a", "x"))
        _ = try recorder.post(response("m", "k", "b", "x"))
        _ = try recorder.post(response("m", "k", "c", "y"))
        recorder.store.failWriting(.full("no room"))
        _ = try recorder.post(response("n"))
        let metrics = try recorder.call("GET", "/metrics")
        #expect(metrics.headers["content-type"] == MetricsText.contentType)
        for line in [
            #"headcast_responses_total{outcome="stored"} 1"#, #"headcast_responses_total{outcome="repeated"} 1"#,
            #"headcast_responses_total{outcome="diverged"} 1"#, #"headcast_group_responses_bucket{le="1"} 3"#,
            "headcast_group_responses_count 3", "headcast_commit_duration_seconds_count 3",
            #"headcast_store_errors_total{reason="full"} 1"#, "headcast_store_available 0",
            #"headcast_responses_refused_total{code="store_full"} 1"#, "headcast_responses_waiting 0",
            "headcast_ready 1", #"headcast_http_requests_total{code="201"} 1"#,
        ] { #expect(metrics.text.contains(line + "\n"), "\(line)") }
    }

    @Test func `it lives, and is ready once the store is open`() throws {
        let store = MemoryStore()
        store.failOpening(.unavailable("not up yet"))
        let recorder = try RunningRecorder(store)
        store.waitForFailures(1)
        #expect(try recorder.call("GET", "/livez").status == 200)
        // The failure has been reported once it has been tried again.
        store.waitForFailures(2)
        let starting = try recorder.call("GET", "/readyz")
        #expect(starting.status == 503 && starting.json["status"] as? String == "starting")
        #expect(starting.json["reason"] as? String == "not up yet")
        store.failOpening(nil)
        #expect(try recorder.post(response()).status == 201)
        let ready = try recorder.call("GET", "/readyz")
        #expect(ready.status == 200 && ready.json["status"] as? String == "ok" && ready.json["reason"] is NSNull)
    }
}
