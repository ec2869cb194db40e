import Requesting
import Testing

@testable import headcast

struct MessagePageTests {
    private func finding(_ status: Int, _ body: String) -> (url: String, finding: MessageFinding) {
        ("http://gw", MessageFinding(.success(HTTPAnswer(status: status, body: Array(body.utf8)))))
    }

    private let receipt = PublishOutcomeTests.receipt(subscribers: 2, sent: 1)
    private let unknown = """
        {"error":{"code":"unknown_message","message":"no","gateway":"gw-2","startedAt":"2026-11-23T04:25:23.915Z",
         "remembersSince":"2026-11-23T04:25:23.915Z"}}
        """

    @Test func `the replica that has the receipt is found among those that do not`() {
        let endpoints =
            #"[{"endpoint":"a:1","name":null,"copiesSent":1,"error":null},"#
            + #"{"endpoint":"b:1","name":"pod-b","copiesSent":0,"error":"no route"}]"#
        let message = receipt.dropLast() + ",\"endpoints\":\(endpoints)}"
        let page = MessagePage(id: "x", findings: [finding(404, unknown), finding(200, String(message))])
        #expect(page.isFound)
        #expect(
            page.lines == [
                "message 01a206a6-cacb-7fe6-aa46-003b0b0bfdb7, sequence 7 of topic orders",
                "published at 2026-11-23T04:25:23.915Z, 5 bytes, through gw-1",
                "sent to 1 of 2 subscribers, 1 of 2 copies",
                "",
                "ENDPOINT  NAME   COPIES  ERROR",
                "b:1       pod-b       0  no route",
                "a:1       -           1  -",
            ])
    }

    @Test func `as JSON a message is what the gateway says that knows it, in a line`() {
        let page = MessagePage(id: "x", findings: [finding(404, unknown), finding(200, receipt)])
        #expect(page.document == Array("\(receipt)\n".utf8))
        #expect(MessagePage(id: "x", findings: [finding(404, unknown)]).document == nil)
    }

    @Test func `what a gateway makes up neither crashes nor reaches the terminal`() {
        let message = PublishOutcomeTests.receipt(subscribers: .max, sent: 1)
            .replacing("\"copies\":1", with: "\"copies\":3").replacing("orders", with: "\\u001b[2J")
        let page = MessagePage(id: "x", findings: [finding(200, message)])
        #expect(page.isFound)
        #expect(page.lines.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func `rows that are no longer kept are told as such`() {
        let message = receipt.dropLast() + ",\"endpoints\":null,\"endpointsReason\":\"rows are gone\"}"
        #expect(MessagePage(id: "x", findings: [finding(200, String(message))]).lines.last == "rows are gone")
    }

    @Test func `where nobody knows it, everybody asked is listed`() {
        let failure = ("http://gw-3", MessageFinding.failure(reason: "connection refused"))
        let page = MessagePage(id: "x\u{1B}", findings: [finding(404, unknown), failure, finding(200, "[]")])
        #expect(!page.isFound)
        #expect(
            page.lines == [
                "no gateway that was asked knows message x\\u{1B}",
                "",
                "GATEWAY  REMEMBERS SINCE           URL",
                "gw-2     2026-11-23T04:25:23.915Z  http://gw",
                "-        -                         http://gw-3: connection refused",
                "-        -                         http://gw: answered 200, but not as a gateway does",
            ])
    }
}
