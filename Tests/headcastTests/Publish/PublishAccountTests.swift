import Testing

@testable import headcast

struct PublishAccountTests {
    private func account(published: Int, incomplete: Int = 0, failed: Int = 0) -> PublishAccount {
        var account = PublishAccount()
        for number in 0..<published { account.record(isSentToAll: number >= incomplete) }
        for _ in 0..<failed { account.recordFailure() }
        return account
    }

    @Test func `published and failed are told apart, and counted together`() {
        let account = account(published: 1_234, incomplete: 5, failed: 1)
        #expect(account.text == "1,234 published, 1 failed")
        #expect(account.count == 1_235)
        #expect(account.incomplete == 5)
        #expect(self.account(published: 0).text == "0 published, none failed")
    }

    @Test func `a rate is told only of work that took a while`() {
        let account = account(published: 3_000)
        let text = "published 3,000 messages to topic orders"
        #expect(account.summary(of: "orders", after: .seconds(2)) == text + ", 1,500 a second")
        #expect(account.summary(of: "orders", after: .milliseconds(999)) == text)
        #expect(self.account(published: 1).summary(of: "orders", after: .zero) == "published 1 message to topic orders")
    }
}
