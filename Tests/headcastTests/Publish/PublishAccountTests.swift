import Testing

@testable import headcast

struct PublishAccountTests {
    private func receipt(subscribers: Int, sent: Int, dropped: [String]? = nil) throws -> ReceiptDocument {
        let text = PublishOutcomeTests.receipt(subscribers: subscribers, sent: sent)
        var receipt = try #require(ReceiptDocument.read(Array(text.utf8)))
        receipt.dropped = dropped
        return receipt
    }

    private func account(published: Int, incomplete: Int = 0, failed: Int = 0) throws -> PublishAccount {
        var account = PublishAccount()
        let (all, some) = (try receipt(subscribers: 3, sent: 3), try receipt(subscribers: 3, sent: 2))
        for number in 0..<published { account.record(number < incomplete ? some : all) }
        for _ in 0..<failed { account.recordFailure() }
        return account
    }

    @Test func `published and failed are told apart, and counted together`() throws {
        let account = try account(published: 1_234, incomplete: 5, failed: 1)
        #expect(account.text == "1,234 published, 1 failed")
        #expect(account.count == 1_235)
        #expect(account.incomplete == 5)
        #expect(try self.account(published: 0).text == "0 published, none failed")
    }

    @Test func `a rate is told only of work that took a while`() throws {
        let account = try account(published: 3_000)
        let text = "published 3,000 messages to topic orders, each sent to 3 subscribers"
        #expect(account.summary(of: "orders", after: .seconds(2)) == text + ", 1,500 a second")
        #expect(account.summary(of: "orders", after: .milliseconds(999)) == text)
        #expect(
            try self.account(published: 1).summary(of: "orders", after: .zero)
                == "published 1 message to topic orders, sent to 3 subscribers")
    }

    @Test func `where they differ, the fewest and the most subscribers are told`() throws {
        let account = try account(published: 5, incomplete: 2)
        let text = "published 5 messages to topic x, each sent to 2-3 subscribers"
        #expect(account.summary(of: "x", after: .zero) == text)
        #expect(try self.account(published: 0).summary(of: "x", after: .zero) == "published 0 messages to topic x")
    }

    @Test func `all that some message went without is told once`() throws {
        var account = PublishAccount()
        for dropped in [["region"], nil, ["region", "ttl"]] {
            account.record(try receipt(subscribers: 1, sent: 1, dropped: dropped))
        }
        #expect(
            account.summary(of: "x", after: .zero)
                == "published 3 messages to topic x, each sent to 1 subscriber; the topic's format does not carry "
                + "region, ttl")
    }
}
