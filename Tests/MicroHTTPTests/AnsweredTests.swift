import Clocks
import MicroHTTP
import Testing

struct AnsweredTests {
    @Test func `the service learns of each answer once, with its status`() throws {
        let harness = try ServerHarness { $0.respond(HTTPResponse(status: 201)) }
        _ = try harness.answer(to: post("/x", "x"))
        _ = try harness.answer(to: post("/x", String(repeating: "x", count: 1_233)))
        _ = try harness.answer(to: get("/x", "X: \(String(repeating: "x", count: 17_000))\r\n"))
        #expect(harness.service.answered == [201, 413, 431])
    }

    @Test func `an answer given later is told of then, with the time its request began`() throws {
        var waiting: Exchange?
        let harness = try ServerHarness {
            waiting = $0
            $0.suspend()
        }
        let client = harness.send(get("/x"))
        let begun = harness.now
        harness.run { waiting != nil }
        #expect(harness.service.answered.isEmpty)
        harness.now = harness.now + .seconds(1)
        #expect(waiting?.begunAt == begun)
        waiting?.respond(HTTPResponse(status: 200))
        #expect(harness.service.answered == [200])
        waiting?.respond(HTTPResponse(status: 500))
        #expect(harness.service.answered == [200])
        harness.run { !client.answers().isEmpty }
    }
}
