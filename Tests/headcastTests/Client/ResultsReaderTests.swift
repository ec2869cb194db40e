import Requesting
import Testing

@testable import headcast

struct ResultsReaderTests {
    private func read(_ body: String) -> [HTTPAnswer]? {
        ResultsReader.read(HTTPAnswer(status: 200, body: Array(body.utf8)))
    }

    @Test func `each result is as if it had been answered by itself`() throws {
        let receipt = PublishOutcomeTests.receipt(subscribers: 2, sent: 2)
        let answers = try #require(
            read(
                """
                {"results":[{"status":201,"receipt":\(receipt),"added":[1]},
                 {"status":413,"error":{"code":"payload_too_large","message":"too large","limit":3}},{}]}

                """))
        #expect(answers.map(\.status) == [201, 413, 0])
        #expect(String(decoding: answers[0].body, as: UTF8.self) == receipt + "\n")
        let outcomes = answers.map { PublishOutcome($0) }
        #expect(outcomes[0].isSentToAll)
        #expect(outcomes[1].text(gateway: "http://gw") == "413 payload_too_large: too large")
        #expect(outcomes[2].text(gateway: "http://gw").hasSuffix("not as a gateway does"))
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
