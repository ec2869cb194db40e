import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct GroupTests {
    @Test func `what waits while a group is stored is the next group`() throws {
        let recorder = try RunningRecorder()
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 20])
    }

    @Test func `a group is bounded by its number of responses`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 8, 8, 4])
    }

    @Test func `a group is bounded by its bytes, but has one response in any case`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupBytes = 1 }
        recorder.store.hold()
        let calls = try recorder.crowd(3)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 1, 1, 1])
    }

    @Test func `a store that fails at a next group has stored the one before, and the rest once it works`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.failWriting(.unavailable("away"), from: 1)
        recorder.store.release()
        recorder.store.waitForFailures(1)
        #expect(recorder.store.recordCount == 1)
        recorder.store.failWriting(nil)
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 8, 8, 4])
    }

    @Test func `a store that takes nothing more acknowledges what it took before`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.failWriting(.full("no room left"), from: 1)
        recorder.store.release()
        let statuses = try calls.map { try $0.reply().status }
        #expect(statuses == [201] + Array(repeating: 503, count: 20))
        #expect(recorder.store.recordCount == 1)
    }

    @Test func `what is tried again keeps its order, however often that fails`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let first = Pending { try recorder.post(response("first")) }
        recorder.store.waitForHeldGroup()
        let messages = (0..<20).map { "m\($0)" }
        let lines = messages.map { response($0) }.joined(separator: "\n")
        let batch = Pending { try recorder.post(lines, to: "/responses/batch") }
        try recorder.waitForResponses(21)
        // The first group of the batch is held as well, and the next given to the writer.
        recorder.store.letThrough()
        while recorder.store.groupSizes.isEmpty {}
        recorder.store.waitForHeldGroup()
        _ = try recorder.call("GET", "/livez")
        recorder.store.failWriting(.unavailable("away"), from: 1)
        recorder.store.release()
        recorder.store.waitForFailures(2)
        recorder.store.failWriting(nil)
        #expect(try first.reply().status == 201)
        #expect(try batch.reply().statuses == Array(repeating: 201, count: 20))
        #expect(recorder.store.messages == ["first"] + messages)
    }

    @Test func `beyond what may wait a response is refused at once`() throws {
        let recorder = try RunningRecorder { $0.maximumWaitingResponses = 5 }
        recorder.store.hold()
        let calls = try recorder.crowd(4)
        let refused = try recorder.post(response("more"))
        #expect(refused.status == 503 && refused.errorCode == "overloaded" && refused.headers["retry-after"] == "1")
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(try recorder.post(response("more")).status == 201)
    }

    @Test func `beyond the bytes that may wait a response is refused at once`() throws {
        let recorder = try RunningRecorder { $0.maximumWaitingBytes = 1_000 }
        recorder.store.hold()
        let calls = try recorder.crowd(1)
        let large = response("m", "k", "r", String(repeating: "x", count: 500))
        #expect(try recorder.post(large).errorCode == "overloaded")
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
    }
}
