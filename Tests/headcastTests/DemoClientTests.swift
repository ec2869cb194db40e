import Testing

@testable import headcast

struct DemoClientTests {
    private func answer(_ text: String) throws -> DemoClient.Answer {
        try DemoClient.answer(Array(text.utf8))
    }

    @Test func `an answer has a status and a body`() throws {
        let answer = try answer("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n{}\r\n")
        #expect(answer == DemoClient.Answer(status: 201, body: "{}\r\n"))
    }

    @Test(arguments: ["", "HTTP/1.1 201 Created\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "201\r\n\r\n"])
    func `what is no answer is refused`(_ text: String) {
        #expect(throws: ProgramFailure.self) { try answer(text) }
    }

    @Test func `the summary of a receipt is its counts`() {
        let body = #"{"id":"x","epoch":12,"sequence":3,"sent":2,"failed":1,"stale":null}"#
        #expect(DemoClient.Answer(status: 201, body: body).summary == "201, sequence 3, sent 2, failed 1")
    }

    @Test func `the summary of anything else is the body itself`() {
        let body = "{\"error\":{\"code\":\"draining\"}}\n"
        #expect(
            DemoClient.Answer(status: 503, body: body).summary == #"503, {"error":{"code":"draining"}}\n"#)
    }
}
