import Requesting
import Testing

struct HTTPAnswerResultsTests {
    private func read(_ body: String) -> [HTTPAnswer]? {
        HTTPAnswer(status: 200, body: Array(body.utf8)).results
    }

    @Test func `each result is as if it had been answered by itself`() throws {
        let receipt = #"{"id":"m1","sent":2,"stale":null}"#
        let answers = try #require(
            read(
                """
                {"results":[{"status":201,"receipt":\(receipt),"added":[1]},
                 {"status":413,"error":{"code":"payload_too_large","message":"too large","limit":3}},{}]}

                """))
        #expect(answers.map(\.status) == [201, 413, 0])
        #expect(String(decoding: answers[0].body, as: UTF8.self) == receipt + "\n")
        #expect(answers[0].refusal == nil)
        #expect(try #require(answers[1].refusal) == ("payload_too_large", "too large"))
        #expect(answers[2].body.isEmpty)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"results":7}"#, #"{"results":[7]}"#, #"{"results":[{"status":1e99}]}x"#, "{\"results\":[",
    ])
    func `what is no list of results is none`(body: String) {
        #expect(read(body) == nil)
    }

    @Test func `a status that is no number of ours is strange`() {
        #expect(read(#"{"results":[{"status":99999999999999999999}]}"#)?.map(\.status) == [0])
    }
}

struct HTTPAnswerRefusalTests {
    @Test(arguments: [
        "", "7", "{}", #"{"error":7}"#, #"{"error":{"code":"a"}}"#, #"{"error":{"code":"a","message":"b"}"#,
        #"{"error":{"code":7,"message":"b"}}"#,
    ])
    func `what is no error document says nothing`(body: String) {
        #expect(HTTPAnswer(status: 400, body: Array(body.utf8)).refusal == nil)
    }

    @Test func `members that are not known are passed over`() throws {
        let body = #"{"x":[1],"error":{"limit":3,"code":"a","more":{"code":"z"},"message":"b\u0021"},"y":null}"#
        #expect(try #require(HTTPAnswer(status: 400, body: Array(body.utf8)).refusal) == ("a", "b!"))
    }
}
