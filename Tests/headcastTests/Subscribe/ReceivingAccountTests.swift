import Testing

@testable import Headcast
@testable import headcast

struct ReceivingAccountTests {
    private func text(
        _ messages: Int, ordered: Bool = false, _ change: (inout Subscription.Counters) -> Void
    ) -> String? {
        var counters = Subscription.Counters()
        change(&counters)
        return ReceivingAccount(messages: messages, counters: counters, isOrdered: ordered).text
    }

    @Test func `where nothing was dropped there is nothing to say`() {
        let text = text(12) {
            $0.datagrams = 12
            $0.messages = 12
            $0.heartbeats = 3
            $0.streams = 1
        }
        #expect(text == nil)
    }

    @Test func `what was dropped is told by its reason, and nothing else`() {
        let text = text(12) {
            $0.duplicateDatagrams = 3
            $0.duplicateMessages = 1
            $0.expiredMessages = 1
            $0.lostDatagrams = 2
        }
        #expect(
            text == "12 messages; dropped: 1 duplicate message, 1 expired message, 3 duplicate datagrams, "
                + "2 lost datagrams")
    }

    @Test func `datagrams that say nothing are one sum, and what nobody took is told by who dropped it`() {
        let text = text(1) {
            $0.foreign = 1
            $0.unknownVersions = 1
            $0.unknownKinds = 1
            $0.otherKinds = 1
            $0.notUnderstood = 1
            $0.malformedDatagrams = ["a": 1, "b": 999]
            $0.malformedMessages = 1
            $0.incompleteMessages = 2
            $0.kernelDrops = 1_000
            $0.overflow.messages = 4
        }
        #expect(
            text == "1 message; dropped: 2 incomplete messages, 1 malformed message, 4 messages not taken in time, "
                + "5 datagrams not understood, 1,000 malformed datagrams, 1,000 datagrams by the kernel")
    }

    @Test func `datagrams that came late are dropped only where order is kept, and else not lost`() {
        #expect(text(1) { ($0.lateDatagrams, $0.lostDatagrams) = (2, 3) } == "1 message; dropped: 1 lost datagram")
        #expect(text(1) { $0.lateDatagrams = 2 } == nil)
        #expect(text(1, ordered: true) { $0.lateDatagrams = 2 } == "1 message; dropped: 2 late datagrams")
    }
}
