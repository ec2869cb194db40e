import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct GroupTests {
    /// Posts `count` responses at once, which all wait while `recorder` is held up with another.
    private func crowd(_ count: Int, _ recorder: RunningRecorder) throws -> [Pending] {
        let first = Pending { try recorder.post(response("first")) }
        recorder.store.waitForHeldGroup()
        let others = (0..<count).map { index in Pending { try recorder.post(response("m\(index)")) } }
        var waiting = 0
        while waiting < count + 1 {
            let queue = try recorder.call("GET", "/status").json["queue"] as? [String: Any]
            waiting = queue?["responses"] as? Int ?? 0
        }
        return [first] + others
    }

    @Test func `what waits while a group is stored is the next group`() throws {
        let recorder = try RunningRecorder()
        recorder.store.hold()
        let calls = try crowd(20, recorder)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 20])
    }

    @Test func `a group is bounded by its number of responses`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupResponses = 8 }
        recorder.store.hold()
        let calls = try crowd(20, recorder)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 8, 8, 4])
    }

    @Test func `a group is bounded by its bytes, but has one response in any case`() throws {
        let recorder = try RunningRecorder { $0.maximumGroupBytes = 1 }
        recorder.store.hold()
        let calls = try crowd(3, recorder)
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(recorder.store.groupSizes == [1, 1, 1, 1])
    }

    @Test func `beyond what may wait a response is refused at once`() throws {
        let recorder = try RunningRecorder { $0.maximumWaitingResponses = 5 }
        recorder.store.hold()
        let calls = try crowd(4, recorder)
        let refused = try recorder.post(response("more"))
        #expect(refused.status == 503 && refused.errorCode == "overloaded" && refused.headers["retry-after"] == "1")
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
        #expect(try recorder.post(response("more")).status == 201)
    }

    @Test func `beyond the bytes that may wait a response is refused at once`() throws {
        let recorder = try RunningRecorder { $0.maximumWaitingBytes = 1_000 }
        recorder.store.hold()
        let calls = try crowd(1, recorder)
        let large = response("m", "k", "r", String(repeating: "x", count: 500))
        #expect(try recorder.post(large).errorCode == "overloaded")
        recorder.store.release()
        for call in calls { #expect(try call.reply().status == 201) }
    }
}
