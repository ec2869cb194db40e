import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct ResponseBatchRouteTests {
    let recorder: RunningRecorder

    init() throws { recorder = try RunningRecorder() }

    private func batch(_ lines: [String]) throws -> Reply {
        try recorder.post(lines.joined(separator: "\n") + "\n", to: "/responses/batch")
    }

    @Test func `every entry has its own status, in order`() throws {
        let reply = try batch([
            response("m", "1", "a", "x"), response("m", "1", "b", "x"), response("m", "1", "c", "y"), "{}", "",
            response("m", "2", "a", "x"),
        ])
        #expect(reply.status == 200)
        #expect(reply.statuses == [201, 200, 409, 400, 201])
        #expect(reply.results[0]["outcome"] as? String == "stored")
        let diverged = try #require(reply.results[2]["error"] as? [String: Any])
        #expect(diverged["code"] as? String == "diverged")
        #expect((diverged["record"] as? [String: Any])?["responder"] as? String == "a")
        #expect((reply.results[3]["error"] as? [String: Any])?["code"] as? String == "invalid_response")
        #expect(recorder.store.recordCount == 2)
    }

    @Test func `a divergence is told from which it differs, however many records its message has`() throws {
        recorder.store.fill(try (0..<1_500).map { try Response("m", "\($0)", "a-\($0)", "x") })
        let numbers = [0, 999, 1_000, 1_499]
        let reply = try batch(
            numbers.flatMap { [response("m", "\($0)", "b", "y"), response("m", "\($0)", "c", "z")] })
        #expect(reply.statuses == Array(repeating: 409, count: 8))
        for (index, result) in reply.results.enumerated() {
            let error = try #require(result["error"] as? [String: Any])
            let record = error["record"] as? [String: Any]
            #expect(record?["responder"] as? String == "a-\(numbers[index / 2])")
            #expect(error["digest"] as? String != record?["digest"] as? String)
        }
    }

    @Test func `a batch of 1,000 is taken, and one entry more is not`() throws {
        let lines = (0..<1_000).map { response("m\($0)", "k", "r", "p") }
        let reply = try batch(lines)
        #expect(reply.statuses == Array(repeating: 201, count: 1_000))
        #expect(recorder.store.recordCount == 1_000)
        let more = try batch(lines + [response()])
        #expect(more.status == 413 && more.errorCode == "batch_too_large")
        #expect(recorder.store.recordCount == 1_000)
    }

    @Test func `an empty batch has no results`() throws {
        for body in ["", "\n \r\n"] {
            let reply = try recorder.post(body, to: "/responses/batch")
            #expect(reply.status == 200 && reply.text == "{\"results\":[]}\n")
        }
    }

    @Test func `a batch that is cut off has its last line refused alone`() throws {
        let reply = try recorder.post(response() + "\n" + response("m", "2").dropLast(4), to: "/responses/batch")
        #expect(reply.statuses == [201, 400])
    }

    @Test func `a batch beyond 16 MiB is refused`() throws {
        let reply = try recorder.post(String(repeating: "\n", count: 16 << 20 | 1), to: "/responses/batch")
        #expect(reply.status == 413 && reply.errorCode == "batch_too_large" && reply.error["limit"] as? Int == 16 << 20)
    }

    @Test func `garbage lines are refused one by one`() throws {
        let reply = try batch(Array(repeating: "\u{0}\u{7F}[[[[", count: 1_000))
        #expect(reply.statuses == Array(repeating: 400, count: 1_000))
    }

    @Test func `a batch that does not fit into what may wait is refused whole`() throws {
        let recorder = try RunningRecorder { $0.maximumWaitingResponses = 1_000 }
        recorder.store.hold()
        let held = Pending { try recorder.post(response("first")) }
        recorder.store.waitForHeldGroup()
        let lines = (0..<1_000).map { response("m\($0)") }.joined(separator: "\n")
        let refused = try recorder.post(lines, to: "/responses/batch")
        #expect(refused.status == 503 && refused.errorCode == "overloaded" && refused.headers["retry-after"] == "1")
        recorder.store.release()
        #expect(try held.reply().status == 201)
        #expect(try recorder.post(lines, to: "/responses/batch").status == 200)
    }
}
