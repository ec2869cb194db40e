import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct TroubleTests {
    @Test(arguments: [
        (StoreError.full("no room left"), "store_full", "5"),
        (.readOnly("it takes no changes"), "store_read_only", "5"),
        (.corrupt("it is damaged"), "store_unavailable", "1"),
    ])
    func `a store that refuses is told with its reason, and nothing is acknowledged`(
        error: StoreError, code: String, retryAfter: String
    ) throws {
        let recorder = try RunningRecorder()
        #expect(try recorder.post(response("before")).status == 201)
        recorder.store.failWriting(error)
        let refused = try recorder.post(response("m"))
        #expect(refused.status == 503 && refused.errorCode == code && refused.headers["retry-after"] == retryAfter)
        #expect(refused.message.contains(error.description))
        #expect(recorder.store.recordCount == 1)
        let batch = try recorder.post(response("m"), to: "/responses/batch")
        #expect(batch.status == 503 || batch.statuses == [503])
    }

    @Test func `a full store works again by itself once there is room`() throws {
        let recorder = try RunningRecorder()
        recorder.store.failWriting(.full("no room left"))
        #expect(try recorder.post(response()).errorCode == "store_full")
        recorder.store.failWriting(nil)
        // Between two attempts everything is refused without asking the store.
        var reply = try recorder.post(response())
        while reply.status == 503 { reply = try recorder.post(response()) }
        #expect(reply.status == 201)
        #expect(try recorder.post(response()).status == 200)
    }

    @Test func `a store that is away for a moment is not noticed but by waiting`() throws {
        let recorder = try RunningRecorder()
        recorder.store.failWriting(.unavailable("away"))
        let call = Pending { try recorder.post(response()) }
        recorder.store.waitForFailures(3)
        recorder.store.failWriting(nil)
        #expect(try call.reply().status == 201)
    }

    @Test func `a store that stays away is told before the patience of clients ends`() throws {
        let recorder = try RunningRecorder { $0.patience = .milliseconds(100) }
        recorder.store.failWriting(.unavailable("it is away"))
        let first = try recorder.post(response())
        #expect(first.status == 503 && first.errorCode == "store_unavailable" && first.message.contains("it is away"))
        recorder.store.failWriting(nil)
        var reply = first
        while reply.status == 503 { reply = try recorder.post(response()) }
        #expect(reply.status == 201)
    }

    @Test(arguments: [StoreError.unavailable("it is away"), .readOnly("it takes no changes")])
    func `that a store works again is told although nothing is sent`(error: StoreError) throws {
        let recorder = try RunningRecorder { $0.patience = .milliseconds(100) }
        recorder.store.failWriting(error)
        #expect(try recorder.post(response()).status == 503)
        recorder.store.waitForFailures(3)
        #expect(try state(of: recorder) != "open")
        recorder.store.failWriting(nil)
        while try state(of: recorder) != "open" {}
        #expect(try recorder.call("GET", "/metrics").text.contains("\nheadcast_store_available 1\n"))
        #expect(recorder.store.recordCount == 0 && recorder.store.groupSizes == [])
    }

    @Test func `that a store is away is told although it was only to be read`() throws {
        let recorder = try RunningRecorder()
        recorder.store.failWriting(.unavailable("it is away"))
        recorder.store.failReading(.unavailable("it is away"))
        #expect(try recorder.call("GET", "/records").status == 503)
        while try state(of: recorder) != "unavailable" {}
        recorder.store.failWriting(nil)
        recorder.store.failReading(nil)
        while try state(of: recorder) != "open" {}
        #expect(recorder.store.groupSizes == [])
    }

    private func state(of recorder: RunningRecorder) throws -> String? {
        let store = try recorder.call("GET", "/status").json["store"] as? [String: Any]
        return store?["state"] as? String
    }

    @Test func `a store that does not answer is told, and what comes later is refused at once`() throws {
        let recorder = try RunningRecorder { $0.patience = .milliseconds(100) }
        recorder.store.hold()
        let first = try recorder.post(response("m"))
        #expect(first.status == 503 && first.errorCode == "store_unavailable")
        #expect(first.message.contains("has not answered for 100 ms"))
        let second = try recorder.post(response("n"))
        #expect(second.status == 503 && second.errorCode == "store_unavailable")
        recorder.store.release()
        var reply = second
        while reply.status == 503 { reply = try recorder.post(response("n")) }
        #expect(reply.status == 201)
        // The first was stored in the end, although nobody was told.
        #expect(try recorder.post(response("m")).status == 200)
    }

    @Test func `a batch is told for each entry when the store refuses`() throws {
        let recorder = try RunningRecorder()
        recorder.store.hold()
        let lines = [response("a"), "{}", response("b")].joined(separator: "\n")
        let call = Pending { try recorder.post(lines, to: "/responses/batch") }
        recorder.store.waitForHeldGroup()
        recorder.store.failWriting(.full("no room left"))
        recorder.store.release()
        #expect(try call.reply().statuses == [503, 400, 503])
    }

    @Test func `a batch that waited too long is told, and what of it is stored later harms nobody`() throws {
        let recorder = try RunningRecorder { configuration in
            configuration.patience = .milliseconds(100)
            configuration.maximumGroupResponses = 2
        }
        recorder.store.hold()
        let lines = (0..<5).map { response("m\($0)") }.joined(separator: "\n")
        #expect(try recorder.post(lines, to: "/responses/batch").statuses == Array(repeating: 503, count: 5))
        recorder.store.release()
        var reply = try recorder.post(response("n"))
        while reply.status == 503 { reply = try recorder.post(response("n")) }
        // The group that was under way is stored, and the next, of three or four entries; the rest was dropped.
        #expect((4...5).contains(recorder.store.recordCount))
    }

    @Test func `a divergence that cannot be explained in time is told all the same`() throws {
        let recorder = try RunningRecorder { $0.patience = .milliseconds(100) }
        _ = try recorder.post(response("m", "k", "a", "x"))
        recorder.store.holdReading()
        let reply = try recorder.post(response("m", "k", "b", "y"))
        #expect(reply.status == 409 && reply.error["record"] is NSNull)
        recorder.store.releaseReading()
    }

    @Test func `beyond so many divergences that wait to be explained, others are told without`() throws {
        let recorder = try RunningRecorder { $0.maximumExplanations = 2 }
        for key in ["x", "y", "z"] { _ = try recorder.post(response("m", key, "a", "7")) }
        recorder.store.holdReading()
        let calls = ["x", "y"].map { key in Pending { try recorder.post(response("m", key, "b", "8")) } }
        while try !recorder.call("GET", "/metrics").text.contains("headcast_responses_total{outcome=\"diverged\"} 2\n")
        {}
        let reply = try recorder.post(response("m", "z", "b", "8"))
        #expect(reply.status == 409 && reply.error["record"] is NSNull)
        #expect((reply.error["digest"] as? String)?.count == 64)
        recorder.store.releaseReading()
        for call in calls { #expect(try call.reply().error["record"] is [String: Any]) }
        #expect(try recorder.post(response("m", "z", "b", "8")).error["record"] is [String: Any])
    }

    @Test(arguments: [
        StoreError.refused("no such folder"), .unsupported("written by a newer version"), .corrupt("no database"),
    ])
    func `a store that cannot be opened ends the recorder`(error: StoreError) throws {
        let store = MemoryStore()
        store.failOpening(error)
        let recorder = try RunningRecorder(store)
        let failure = try #require(recorder.end() as? RecorderError)
        #expect("\(failure)" == "cannot use the store sqlite:///in/memory.db: \(error)")
    }

    @Test func `a store that is in use is waited for`() throws {
        let store = MemoryStore()
        store.failOpening(.inUse("another recorder has it"))
        let recorder = try RunningRecorder(store)
        store.waitForFailures(2)
        let call = Pending { try recorder.post(response()) }
        store.failOpening(nil)
        #expect(try call.reply().status == 201)
    }
}
