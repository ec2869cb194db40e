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

    @Test func `a store that fails at a next group has stored those before, and the rest once it works`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.failWriting(.unavailable("away"), from: 2)
        recorder.store.release()
        recorder.store.waitForFailures(1)
        #expect(recorder.store.recordCount == 9)
        recorder.store.failWriting(nil)
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 8, 8, 4])
    }

    @Test func `a store that takes nothing more acknowledges what it took before`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try recorder.crowd(20)
        recorder.store.failWriting(.full("no room left"), from: 2)
        recorder.store.release()
        let statuses = try calls.map { try $0.reply().status }
        #expect(statuses.count { $0 == 201 } == 9)
        #expect(statuses.count { $0 == 503 } == 12)
        #expect(recorder.store.recordCount == 9)
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
