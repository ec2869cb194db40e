import Requesting
import Testing

@testable import headcast

struct PublishOutcomeTests {
    static func receipt(subscribers: Int, sent: Int) -> String {
        """
        {"id":"01a206a6-cacb-7fe6-aa46-003b0b0bfdb7","topic":"orders","gateway":"gw-1","epoch":1,"sequence":7,
         "publishedAt":"2026-11-23T04:25:23.915Z","payloadBytes":5,"subscribers":\(subscribers),"sent":\(sent),
         "failed":\(subscribers - sent),"copies":1,"copiesSent":\(sent),"revision":1,"stale":null,"added":{}}
        """
    }

    private func outcome(_ status: Int, _ body: String, retryAfter: Duration? = nil) -> PublishOutcome {
        PublishOutcome(HTTPAnswer(status: status, body: Array(body.utf8), retryAfter: retryAfter))
    }

    @Test func `a receipt says how many were sent it`() {
        let outcome = outcome(201, Self.receipt(subscribers: 3, sent: 2))
        #expect(!outcome.isSentToAll)
        #expect(
            outcome.text(gateway: "http://gw") == """
                sent to 2 of 3 subscribers: message 01a206a6-cacb-7fe6-aa46-003b0b0bfdb7, sequence 7 of topic orders
                """)
    }

    @Test func `what did not travel, and what was published before, is told`() {
        let receipt = Self.receipt(subscribers: 3, sent: 3).dropLast()
        #expect(
            outcome(201, receipt + #","dropped":["region","ttl"]}"#).text(gateway: "http://gw")
                .hasSuffix("of topic orders; the topic's format does not carry region, ttl"))
        #expect(
            outcome(201, receipt + #","replayed":true}"#).text(gateway: "http://gw")
                .hasPrefix("published before with this idempotency key, and not sent again: message 01a2"))
    }

    @Test func `what was not sent to all leads to the message`() {
        let command = "headcast status --message 01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"
        let some = outcome(201, Self.receipt(subscribers: 3, sent: 2))
        #expect(
            some.hint(gateway: "http://gw")
                == "which 1 of 3 subscribers was not sent it, and why: \(command) --gateway http://gw")
        let receipt = Self.receipt(subscribers: 2, sent: 0)
        let none = outcome(502, #"{"error":{"code":"send_failed","message":"no","receipt":\#(receipt)}}"#)
        #expect(none.hint(gateway: "http://127.0.0.1:8080")?.hasSuffix(": \(command)") == true)
        #expect(outcome(201, Self.receipt(subscribers: 2, sent: 2)).hint(gateway: "http://gw") == nil)
        #expect(outcome(404, #"{"error":{"code":"unknown_topic","message":"x"}}"#).hint(gateway: "http://gw") == nil)
    }

    @Test func `a message for nobody is not sent to all`() {
        let outcome = outcome(202, Self.receipt(subscribers: 0, sent: 0))
        #expect(!outcome.isSentToAll)
        #expect(outcome.text(gateway: "http://gw").hasPrefix("topic orders has no subscribers: nothing was sent"))
        let hint = "why nobody is there: headcast status --topic orders --gateway http://gw"
        #expect(outcome.hint(gateway: "http://gw") == hint)
        #expect(self.outcome(201, Self.receipt(subscribers: 3, sent: 3)).isSentToAll)
    }

    @Test func `a refusal says its status, its code and its message`() {
        let outcome = outcome(404, #"{"error":{"code":"unknown_topic","message":"unknown topic"}}"#)
        #expect(outcome.text(gateway: "http://gw") == "404 unknown_topic: unknown topic")
        #expect(outcome.retryAfter == nil)
    }

    @Test(arguments: ["", "{}", "<html>", "{\"id\":", "\u{0}", "null"])
    func `an answer that no gateway gives is told as such`(body: String) {
        for status in [200, 201, 302, 503] {
            #expect(outcome(status, body).text(gateway: "http://gw").hasSuffix("but not as a gateway does"))
        }
    }

    @Test(arguments: [414, 431])
    func `a head that is too long for the gateway's HTTP leads to the setting`(status: Int) {
        let text = "answered \(status): the headers are longer than the gateway takes; its headerBytes sets that"
        #expect(outcome(status, "<html>").text(gateway: "http://gw") == "http://gw \(text)")
    }

    @Test func `only what was not sent is tried again`() {
        let error = #"{"error":{"code":"overloaded","message":"full"}}"#
        #expect(outcome(503, error, retryAfter: .seconds(3)).retryAfter == .seconds(3))
        #expect(outcome(429, error).retryAfter == .seconds(1))
        let numbered = #"{"error":{"code":"draining","message":"not sent to all","sequence":7}}"#
        #expect(outcome(503, numbered).retryAfter == nil)
        #expect(outcome(502, error).retryAfter == nil)
        #expect(outcome(413, error).retryAfter == nil)
        #expect(PublishOutcome.unanswered(.unreachable(reason: "x")).retryAfter == .seconds(1))
        #expect(PublishOutcome.unanswered(.timedOut(after: .seconds(1))).retryAfter == nil)
        #expect(PublishOutcome.unanswered(.failed(reason: "x")).retryAfter == nil)
    }

    @Test func `a missing answer says that the message may have been sent`() {
        let text = PublishOutcome.unanswered(.timedOut(after: .seconds(10))).text(gateway: "http://gw")
        #expect(text == "no answer from http://gw within 10 s; the message may have been sent all the same")
        #expect(PublishOutcome.unanswered(.invalidURL).text(gateway: "x") == "cannot reach x: not a URL of HTTP")
    }
}
