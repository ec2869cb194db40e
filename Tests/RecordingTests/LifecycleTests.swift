import Foundation
import HTTPForTests
import Records
import Testing

@testable import Recording

struct LifecycleTests {
    @Test func `everything accepted is answered before the end`() throws {
        let recorder = try RunningRecorder()
        recorder.store.hold()
        let call = Pending { try recorder.post(response()) }
        recorder.store.waitForHeldGroup()
        recorder.requestStop()
        recorder.store.release()
        #expect(try call.reply().status == 201)
        #expect(recorder.end() == nil)
        #expect(recorder.store.recordCount == 1)
    }

    @Test func `a recorder that is told to stop is unready, and accepts for a while`() throws {
        let recorder = try RunningRecorder { $0.drainDelay = .seconds(60) }
        #expect(try recorder.post(response()).status == 201)
        recorder.requestStop()
        var readiness = try recorder.call("GET", "/readyz")
        while readiness.status == 200 { readiness = try recorder.call("GET", "/readyz") }
        #expect(readiness.json["status"] as? String == "draining")
        let accepted = try recorder.post(response("n"))
        #expect(accepted.status == 201 && accepted.headers["connection"] == "close")
        recorder.requestStop()
        #expect(recorder.end() == nil)
    }

    @Test func `what the store does not finish in time is given up and told`() throws {
        let recorder = try RunningRecorder { configuration in
            configuration.drainTimeout = .milliseconds(50)
            configuration.patience = .seconds(60)
        }
        recorder.store.hold()
        let lines = [response("a"), response("b")].joined(separator: "\n")
        let call = Pending { try recorder.post(lines, to: "/responses/batch") }
        recorder.store.waitForHeldGroup()
        recorder.requestStop()
        #expect(try call.reply().statuses == [503, 503])
        #expect(recorder.end() == nil)
    }
}
