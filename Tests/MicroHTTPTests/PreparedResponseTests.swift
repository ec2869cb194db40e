import MicroHTTP
import Testing

struct PreparedResponseTests {
    private let response = HTTPResponse(
        status: 201, contentType: "text/plain", headers: [("X-Kind", "prepared")], body: Array("hello".utf8))

    @Test func `every request gets the same answer as one that is made for it`() throws {
        let prepared = PreparedResponse(response)
        let harness = try ServerHarness { $0.respond(prepared) }
        let clients = (0..<20).map { _ in harness.send(get("/")) }
        for client in clients { harness.run { client.answers().count == 1 } }
        let others = try ServerHarness { [response] in $0.respond(response) }
        let made = try others.answer(to: get("/"))
        for answer in clients.compactMap({ $0.answers().first }) {
            #expect(answer.status == 201 && answer.text == "hello")
            #expect(answer.headers.filter { $0.key != "date" } == made.headers.filter { $0.key != "date" })
        }
        #expect(harness.server.counters.answers == 20)
    }

    @Test func `an answer is sent whole although whoever prepared it is gone`() throws {
        let harness = try ServerHarness { [response] in $0.respond(PreparedResponse(response)) }
        #expect(try harness.answer(to: get("/")).text == "hello")
    }

    @Test func `a server that is closing says so in a prepared answer, too`() throws {
        let prepared = PreparedResponse(response)
        let harness = try ServerHarness { $0.respond(prepared) }
        harness.server.isClosing = true
        let answer = try harness.answer(to: get("/"))
        #expect(answer.headers["connection"] == "close" && answer.text == "hello")
        #expect(prepared.response.headers.map(\.name) == ["X-Kind"])
    }

    @Test func `a prepared answer is given once, and to nobody who has left`() throws {
        let prepared = PreparedResponse(response)
        let harness = try ServerHarness()
        harness.service.suspendAll()
        let client = harness.send(get("/"))
        harness.run { harness.server.waitingCount == 1 }
        let exchange = try #require(harness.service.suspended.first)
        #expect(exchange.respond(prepared))
        #expect(!exchange.respond(prepared))
        harness.run { client.answers().count == 1 }
        #expect(harness.server.waitingCount == 0 && harness.server.counters.answers == 1)
    }
}
