import FoundationEssentials
import Requesting
import Testing

@testable import headcast

struct StatusPageTests {
    private let now = Date(timeIntervalSince1970: 1_795_400_000)

    private func at(_ secondsAgo: Int) -> String {
        Date(timeIntervalSince1970: 1_795_400_000 - Double(secondsAgo))
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private func row(_ endpoint: String, _ state: String, sent: Int = 1, failed: Int = 0, error: String? = nil)
        -> String
    {
        let last = error.map { "\"\($0)\",\"lastErrorAt\":\"\(at(3))\"" } ?? "null,\"lastErrorAt\":null"
        return """
            {"endpoint":"\(endpoint)","name":null,"state":"\(state)","since":"\(at(60))","sent":\(sent),
             "failed":\(failed),"lastError":\(last)}
            """
    }

    private func report(
        _ gateway: String, rows: [String], messages: Int = 1, stale: String = "null", readiness: String = "ok"
    ) throws -> Replica.Answer {
        let text = """
            {"version":"0.1.0","gateway":"\(gateway)","startedAt":"\(at(11_520))","topics":[{"topic":"orders",
             "format":"raw","policy":"once","copies":1,"backlog":{"messages":0,"bytes":0},"membership":{"source":"dns",
             "from":"dns://x:1","revision":1,"resolvedAt":"\(at(2))","stale":\(stale),"empty":null},
             "counters":{"messages":\(messages),"copiesSent":2,"copiesFailed":0,"overloaded":0,"rateLimited":0},
             "subscriberCount":\(rows.count),"subscribers":[\(rows.joined(separator: ","))]}]}
            """
        let status = try #require(StatusDocument.read(Array(text.utf8)))
        return .report(Replica.Report(url: "http://\(gateway)", status: status, readiness: readiness))
    }

    @Test func `one gateway is shown with its topics and its subscribers`() throws {
        let rows = [row("10.0.0.1:1", "ok"), row("10.0.0.2:1", "refusing", error: "connection refused")]
        let page = StatusPage([try report("gw-1", rows: rows)], at: now)
        #expect(
            page.lines == [
                "GATEWAY  READY  VERSION  UP        URL",
                "gw-1     ok     0.1.0    3 h 12 m  http://gw-1",
                "",
                "TOPIC   FORMAT  POLICY  SUBSCRIBERS  MESSAGES  COPIES SENT  FAILED  BACKLOG  CONFIRMED",
                "orders  raw     once              2         1            2       0        0  2 s ago",
                "",
                "topic orders",
                "  ENDPOINT    NAME  STATE     SENT  FAILED  LAST ERROR",
                "  10.0.0.2:1  -     refusing     1       0  connection refused, 3 s ago",
                "  10.0.0.1:1  -     ok           1       0  -",
            ])
        #expect(page.isWell)
    }

    @Test func `replicas are added up, and where they differ it is told`() throws {
        let first = try report("gw-1", rows: [row("10.0.0.1:1", "ok", sent: 3), row("10.0.0.2:1", "ok")], messages: 3)
        let second = try report("gw-2", rows: [row("10.0.0.1:1", "unreachable", sent: 4, failed: 1)], messages: 4)
        let page = StatusPage([first, second, .failure(url: "http://gw-3", reason: "connection refused")], at: now)
        let text = page.lines.joined(separator: "\n")
        #expect(text.contains("orders  raw     once            1-2         7            4"))
        #expect(text.contains("10.0.0.1:1  -     ok, unreachable          7       1"))
        #expect(text.contains("10.0.0.2:1  -     ok (1 of 2 gateways)"))
        #expect(text.contains("-        no     -        -         http://gw-3: connection refused"))
        #expect(!page.isWell)
    }

    private func refusal(_ code: String, _ message: String) throws -> Replica.Answer {
        let text = "{\"error\":{\"code\":\"\(code)\",\"message\":\"\(message)\"}}"
        let error = try #require(ErrorDocument.read(Array(text.utf8))).error
        return .refusal(url: "http://gw-2", readiness: "ok", error)
    }

    @Test func `a topic that no gateway has is told in the words of one`() throws {
        let refusal = try refusal("unknown_topic", "unknown topic")
        let failure = Replica.Answer.failure(url: "http://gw-3", reason: "connection refused")
        #expect(StatusPage([failure, refusal], at: now).unknownTopic == "unknown topic")
        #expect(StatusPage([refusal, try report("gw-1", rows: [])], at: now).unknownTopic == nil)
        #expect(StatusPage([failure], at: now).unknownTopic == nil)
        #expect(StatusPage([try self.refusal("draining", "unknown topic")], at: now).unknownTopic == nil)
    }

    @Test func `a gateway that lacks the topic is not called unready`() throws {
        let page = StatusPage([try report("gw-1", rows: []), try refusal("unknown_topic", "unknown topic")], at: now)
        #expect(page.lines.contains("-        ok     -        -         http://gw-2: unknown topic"))
        #expect(!page.isWell)
    }

    @Test func `gateways that may be missing are told, and not well`() throws {
        var page = StatusPage([try report("gw-1", rows: [])], at: now)
        page.doubt = "the answer of DNS is cut"
        #expect(page.lines.contains("the answer of DNS is cut"))
        #expect(!page.isWell)
    }

    @Test func `the document has the sums, and what each gateway says`() throws {
        let doubt = "{\"reason\":\"SERVFAIL\",\"since\":\"\(at(125))\"}"
        let rows = [row("10.0.0.1:1", "refusing", sent: 3, error: "connection refused")]
        let page = StatusPage(
            [
                try report("gw-1", rows: rows, messages: 3), try report("gw-2", rows: rows, messages: 4, stale: doubt),
                try refusal("unknown_topic", "unknown topic"), .failure(url: "http://gw-3", reason: "refused"),
            ], at: now)
        let started = at(11_520)
        let subscriber =
            #"{"endpoint":"10.0.0.1:1","name":null,"states":["refusing"],"gateways":2,"sent":6,"failed":0,"#
            + #""lastError":"connection refused","lastErrorAt":"\#(at(3))"}"#
        let expected = [
            #"{"ready":false,"doubt":null,"gateways":["#,
            #"{"url":"http://gw-1","readiness":"ok","gateway":"gw-1","version":"0.1.0","startedAt":"\#(started)"},"#,
            #"{"url":"http://gw-2","readiness":"ok","gateway":"gw-2","version":"0.1.0","startedAt":"\#(started)"},"#,
            #"{"url":"http://gw-2","readiness":"ok","error":"unknown topic"},"#,
            #"{"url":"http://gw-3","error":"refused"}],"topics":["#,
            #"{"topic":"orders","messages":7,"copiesSent":4,"copiesFailed":0,"backlogMessages":0,"memberships":["#,
            #"{"gateway":"gw-1","subscriberCount":1,"resolvedAt":"\#(at(2))","stale":null,"empty":null},"#,
            #"{"gateway":"gw-2","subscriberCount":1,"resolvedAt":"\#(at(2))","stale":"#,
            #"{"reason":"SERVFAIL","since":"\#(at(125))"},"empty":null}],"#,
            #""subscribers":["# + subscriber + "]}]}\n",
        ]
        #expect(String(decoding: page.document, as: UTF8.self) == expected.joined())
    }

    @Test func `a gateway that is not ready is not well`() throws {
        #expect(!StatusPage([try report("gw-1", rows: [], readiness: "draining")], at: now).isWell)
    }

    @Test func `what is in doubt is told with its reason`() throws {
        let stale = "{\"reason\":\"SERVFAIL from 10.96.0.10:53\",\"since\":\"\(at(125))\"}"
        let page = StatusPage([try report("gw-1", rows: [], stale: stale)], at: now)
        #expect(page.lines.contains("  gw-1: stale for 2 m 5 s: SERVFAIL from 10.96.0.10:53"))
    }

    @Test func `many subscribers are cut, and what is left out is told`() throws {
        let rows = (1...30).map { row("10.0.0.\($0):1", $0 > 25 ? "failing" : "ok") }
        var page = StatusPage([try report("gw-1", rows: rows)], at: now)
        #expect(page.lines.filter { $0.contains("failing") }.count == 5)
        #expect(page.lines.last == "  and 10 more, all ok; --topic orders shows all")
        page.shownSubscribers = nil
        #expect(page.lines.filter { $0.contains(":1 ") }.count == 30)
    }

    @Test func `between two pages there is a rate`() throws {
        let before = StatusPage([try report("gw-1", rows: [], messages: 10)], at: now)
        var page = StatusPage([try report("gw-1", rows: [], messages: 2_010)], at: now.addingTimeInterval(2))
        page.previous = (before.summary, before.now)
        #expect(page.lines.contains { $0.hasPrefix("orders") && $0.contains(" 1,000 ") })
    }

    @Test func `a gateway that comes back is not taken for speed`() throws {
        let before = StatusPage([try report("gw-1", rows: [], messages: 10)], at: now)
        let both = [
            try report("gw-1", rows: [], messages: 30), try report("gw-2", rows: [], messages: 1_000_000),
        ]
        var page = StatusPage(both, at: now.addingTimeInterval(2))
        page.previous = (before.summary, before.now)
        #expect(page.lines.contains { $0.hasPrefix("orders") && $0.contains(" 10 ") })
        var restarted = StatusPage([try report("gw-1", rows: [], messages: 3)], at: now.addingTimeInterval(2))
        restarted.previous = (before.summary, before.now)
        #expect(restarted.lines.contains { $0.hasPrefix("orders") && $0.contains("  -  ") })
    }

    @Test func `numbers that nobody vouches for add up without a crash`() throws {
        let rows = [row("10.0.0.1:1", "ok", sent: .max, failed: .max)]
        let reports = try ["gw-1", "gw-2"].map { try report($0, rows: rows, messages: .max) }
        let page = StatusPage(reports, at: now)
        #expect(page.lines.contains { $0.contains("\(Amount(Int.max))") })
        var later = StatusPage(reports, at: now.addingTimeInterval(0.001))
        later.previous = (StatusPage([try report("gw-1", rows: rows, messages: 0)], at: now).summary, now)
        #expect(!later.lines.isEmpty)
    }

    @Test func `control characters of a gateway do not reach the terminal`() {
        let page = StatusPage([.failure(url: "http://x", reason: "\u{1B}[2J")], at: now)
        #expect(page.lines.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func `what the screen is set to at first is undone at the end`() {
        #expect(StatusWatch.opening.hasSuffix("\u{1B}[?7l"))
        #expect(StatusWatch.closing.hasPrefix("\u{1B}[?7h"))
    }

    @Test func `a screen holds as many lines as fit`() {
        let screen = StatusWatch.screen((1...9).map { "line \($0)" }, rows: 5)
        #expect(screen.hasSuffix("line 3\u{1B}[K\nand 6 more lines\u{1B}[K\n\u{1B}[J"))
        #expect(screen.split(separator: "\n").count == 5)
        #expect(StatusWatch.screen(["a"], rows: 5) == "\u{1B}[Ha\u{1B}[K\n\u{1B}[J")
    }
}
