import Clocks
import Testing

@testable import FanOut

struct LedgerTests {
    /// Records a message of `topic` that travels in datagrams `numbers`, under an id that is its position.
    @discardableResult
    private func record(_ ledger: Ledger, topic: Int, _ numbers: Range<UInt64>) -> UInt64 {
        let id = MessageID(bits: UInt128(ledger.next))
        return ledger.record(
            { previous in
                LedgerEntry(
                    id: id, topic: topic, sequence: numbers.lowerBound, numbers: numbers,
                    publishedAt: Timestamp(nanoseconds: 0), payloadBytes: 1, copies: 1, spacing: .zero,
                    previous: previous)
            }, topic: topic)
    }

    private func positions(_ ledger: Ledger, of topic: Int) -> [UInt64] {
        var found: [UInt64] = []
        var next = ledger.newest(of: topic)
        while let position = next {
            found.append(position)
            next = ledger.newest(of: topic, before: position)
        }
        return found
    }

    @Test func `an empty ledger remembers nothing`() {
        let ledger = Ledger(capacity: 4)
        let topic = ledger.addTopic()
        #expect(ledger.oldest == ledger.next)
        #expect(ledger[0] == nil && ledger[1] == nil && ledger[.max] == nil)
        #expect(ledger.newest(of: topic) == nil)
        #expect(ledger.position(of: MessageID(bits: 1)) == nil)
        #expect(ledger.oldestNumber(of: topic) == 1)
    }

    @Test func `an entry that is not settled is kept for the one who waits for it, once`() {
        let ledger = Ledger(capacity: 1)
        let topic = ledger.addTopic()
        let position = record(ledger, topic: topic, 1..<2)
        record(ledger, topic: topic, 2..<3)
        #expect(ledger[position] == nil)
        ledger.update(position) {
            $0.isSettled = true
            $0.subscribers = 7
        }
        #expect(ledger.take(position)?.subscribers == 7)
        #expect(ledger.take(position) == nil)
    }

    @Test func `a settled entry is not kept beyond the capacity`() {
        let ledger = Ledger(capacity: 1)
        let topic = ledger.addTopic()
        let position = record(ledger, topic: topic, 1..<2)
        ledger.update(position) { $0.isSettled = true }
        record(ledger, topic: topic, 2..<3)
        #expect(ledger.take(position) == nil)
    }

    @Test func `positions count from 1`() {
        let ledger = Ledger(capacity: 4)
        let topic = ledger.addTopic()
        let recorded = (1...3).map { record(ledger, topic: topic, $0..<$0 + 1) }
        #expect(recorded == [1, 2, 3])
        #expect(ledger.next == 4 && ledger.oldest == 1)
        #expect((1...3).map { ledger[$0]?.sequence } == [1, 2, 3])
        #expect(ledger[0] == nil && ledger[4] == nil)
    }

    @Test func `the oldest entry makes room for the newest`() {
        let ledger = Ledger(capacity: 3)
        let topic = ledger.addTopic()
        for number in 1...10 as ClosedRange<UInt64> { record(ledger, topic: topic, number..<number + 1) }
        #expect(ledger.oldest == 8 && ledger.next == 11)
        #expect((7...11).map { ledger[$0]?.sequence } == [nil, 8, 9, 10, nil])
    }

    @Test func `an id leads to its position until it is forgotten`() {
        let ledger = Ledger(capacity: 2)
        let topic = ledger.addTopic()
        for number in 1...3 as ClosedRange<UInt64> { record(ledger, topic: topic, number..<number + 1) }
        #expect((1...4).map { ledger.position(of: MessageID(bits: $0)) } == [nil, 2, 3, nil])
    }

    @Test(arguments: [Int.min, -1, 0, 1])
    func `a ledger remembers at least the last message`(_ capacity: Int) {
        let ledger = Ledger(capacity: capacity)
        let topic = ledger.addTopic()
        for number in 1...5 as ClosedRange<UInt64> { record(ledger, topic: topic, number..<number + 1) }
        #expect(ledger.capacity == 1)
        #expect(ledger[5]?.sequence == 5)
        #expect(ledger.oldest == 5)
        #expect(ledger.newest(of: topic, before: 5) == nil)
    }

    @Test func `each topic has a chain of its own, newest first`() {
        let ledger = Ledger(capacity: 100)
        let topics = (0..<3).map { _ in ledger.addTopic() }
        #expect(topics == [0, 1, 2])
        for (index, topic) in [0, 1, 1, 0, 1].enumerated() {
            record(ledger, topic: topic, UInt64(index + 1)..<UInt64(index + 2))
        }
        #expect(positions(ledger, of: 0) == [4, 1])
        #expect(positions(ledger, of: 1) == [5, 3, 2])
        #expect(positions(ledger, of: 2).isEmpty)
    }

    @Test func `a chain ends where the ledger has forgotten`() {
        let ledger = Ledger(capacity: 3)
        let quiet = ledger.addTopic()
        let busy = ledger.addTopic()
        record(ledger, topic: quiet, 1..<2)
        for number in 1...2 as ClosedRange<UInt64> { record(ledger, topic: busy, number..<number + 1) }
        #expect(positions(ledger, of: quiet) == [1])
        for number in 3...5 as ClosedRange<UInt64> { record(ledger, topic: busy, number..<number + 1) }
        #expect(positions(ledger, of: quiet).isEmpty)
        #expect(positions(ledger, of: busy) == [6, 5, 4])
    }

    @Test func `what lies before a forgotten position is not searched`() {
        let ledger = Ledger(capacity: 3)
        let topic = ledger.addTopic()
        for number in 1...5 as ClosedRange<UInt64> { record(ledger, topic: topic, number..<number + 1) }
        #expect(ledger.newest(of: topic, before: 1) == nil)
        #expect(ledger.newest(of: topic, before: 0) == nil)
        #expect(ledger.newest(of: topic, before: .max) == nil)
    }

    @Test func `the first datagram spoken of is the last of the newest forgotten message, which it may share`() {
        let ledger = Ledger(capacity: 2)
        let one = ledger.addTopic()
        let other = ledger.addTopic()
        record(ledger, topic: one, 1..<4)
        record(ledger, topic: one, 4..<5)
        #expect(ledger.oldestNumber(of: one) == 1)
        record(ledger, topic: other, 1..<3)
        #expect(ledger.oldestNumber(of: one) == 3)
        record(ledger, topic: other, 3..<4)
        #expect(ledger.oldestNumber(of: one) == 4)
        #expect(ledger.oldestNumber(of: other) == 1)
    }

    @Test func `an entry is changed while it is remembered`() {
        let ledger = Ledger(capacity: 2)
        let topic = ledger.addTopic()
        for number in 1...3 as ClosedRange<UInt64> { record(ledger, topic: topic, number..<number + 1) }
        for position in [0, 1, 2, 4, .max] as [UInt64] { ledger.update(position) { $0.subscribers = 7 } }
        #expect(ledger[2]?.subscribers == 7)
        #expect(ledger[3]?.subscribers == 0)
    }

    @Test func `sent and failed add up to the subscribers`() {
        let ledger = Ledger(capacity: 1)
        let position = record(ledger, topic: ledger.addTopic(), 1..<2)
        ledger.update(position) {
            $0.subscribers = 10
            $0.failed = 3
        }
        #expect(ledger[position]?.sent == 7)
    }
}
