import FoundationEssentials
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

    private func subscriber(_ endpoint: String, _ state: String, _ error: String?) throws -> String {
        let error = error.map { "\"\($0)\"" } ?? "null"
        return """
            {"endpoint":"\(endpoint)","name":null,"state":"\(state)","since":"2026-11-23T04:25:20.000Z","sent":1,
             "failed":0,"lastError":\(error),"lastErrorAt":"2026-11-23T04:25:24.000Z"}
            """
    }

    @Test func `those that were sent it and are in trouble now are told, before those that are not`() throws {
        let endpoints = ["a:1", "b:1", "c:1"].map { #"{"endpoint":"\#($0)","name":null,"copiesSent":1,"error":null}"# }
        let receipt = PublishOutcomeTests.receipt(subscribers: 3, sent: 3)
        let message = receipt.dropLast() + ",\"endpoints\":[\(endpoints.joined(separator: ","))]}"
        let subscribers = [
            try subscriber("a:1", "ok", "connection refused"), try subscriber("b:1", "refusing", "connection refused"),
        ]
        let text = "{\"items\":[\(subscribers.joined(separator: ","))],\"next\":null}"
        let present = try #require(SubscriberPage.read(Array(text.utf8))).items
        var page = MessagePage(id: "x", findings: [finding(200, String(message))])
        let now = try Date("2026-11-23T04:25:27Z", strategy: .iso8601)
        page.present = (present, now)
        #expect(
            page.lines.dropFirst(2) == [
                "sent to 3 of 3 subscribers, 3 of 3 copies",
                "sent is what the kernel took: 1 subscriber is in trouble now and may not have got it",
                "",
                "ENDPOINT  NAME  COPIES  ERROR  STATE NOW",
                "b:1       -          1  -      refusing: connection refused, 3 s ago",
                "a:1       -          1  -      ok",
                "c:1       -          1  -      gone",
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
