import Testing

@testable import Headcast

/// What was dropped on its way to the program may come again.
struct ForgettingTests {
    private let script = Script()

    private func replica(_ source: UInt32) -> Script {
        var replica = script
        replica.source = source
        return replica
    }

    private func message(_ id: UInt128, _ sequence: UInt64) -> Script.Record { .whole(.init(sequence, id: id)) }

    @Test(arguments: [false, true])
    func `a message that was dropped is yielded when it is published again, and once`(isOrdered: Bool) throws {
        let reading = Reading { $0.isOrdered = isOrdered }
        let first = try #require(reading.messages(of: [script.datagram(1, message(42, 1))]).first)
        reading.reader.forget(try #require(MessageKey(first)))
        #expect(reading.read(replica(8).datagram(9, message(42, 7))).last == "7")
        #expect(!reading.read(replica(9).datagram(9, message(42, 8))).contains("8"))
        #expect(reading.counters.duplicateMessages == 1)
    }

    @Test func `of another topic it stays known`() throws {
        var prices = script
        prices.topic = "prices"
        let reading = Reading()
        let messages = reading.messages(of: [script.datagram(1, message(42, 1)), prices.datagram(1, message(42, 1))])
        reading.reader.forget(try #require(MessageKey(messages[0])))
        #expect(reading.read(prices.datagram(2, message(42, 2))).isEmpty)
        #expect(reading.read(script.datagram(2, message(42, 2))) == ["2"])
    }

    @Test func `an event that was dropped is yielded when it is published again`() throws {
        let reading = Reading { $0.formats = [.cloudEvents] }
        func event(_ id: String, topic: String = "orders") -> [UInt8] {
            let own = #""specversion":"1.0","id":"\#(id)","source":"/s","type":"t""#
            return Array(#"{\#(own),"headcastepoch":"5","headcasttopic":"\#(topic)"}"#.utf8)
        }
        let first = try #require(reading.messages(of: [event("1")]).first)
        #expect(reading.messages(of: [event("1"), event("2")]).count == 1)
        reading.reader.forget(try #require(MessageKey(first)))
        #expect(reading.messages(of: [event("2"), event("1"), event("1")]).count == 1)
        // The same event of another topic is another message, as it is in an envelope.
        #expect(reading.messages(of: [event("1", topic: "prices"), event("1", topic: "prices")]).count == 1)
    }

    @Test func `ids that are forgotten count as not heard, others stay, and there are never too many`() {
        var memory = IDMemory(capacity: 100, seed: 1)
        func remember(_ ids: ClosedRange<UInt128>) -> [UInt128] { ids.filter { memory.remember($0) } }
        func heard(_ ids: ClosedRange<UInt128>) -> [UInt128] { ids.filter { memory.hear($0) } }
        #expect(remember(1...150).count == 150)
        memory.forget(107)
        memory.forget(9_999)
        #expect(heard(106...108) == [106, 108])
        #expect(heard(9_999...9_999).isEmpty)
        #expect(remember(106...108) == [107])
        #expect(remember(106...108).isEmpty && heard(106...108).count == 3)
        for id in remember(200...240) { memory.forget(id) }
        #expect(memory.forgottenCount == 41)
        #expect(heard(200...240).isEmpty)
        // One of the older half, which the next but one that is new replaces.
        for id in remember(300...499) { #expect(id >= 300) }
        memory.forget(350)
        #expect(remember(350...350) == [350])
        #expect(remember(500...500) == [500])
        #expect(heard(350...350) == [350] && remember(350...350).isEmpty)
        #expect(remember(1_000...2_000).count == 1_001)
        #expect(memory.forgottenCount == 0)
    }

    // MARK: The queue

    @Test func `what did not fit the queue may come through another replica`() async throws {
        var options = Subscription.Options()
        options.queueMessages = 4
        let subscription = try Subscription(listen: "127.0.0.1:0", options)
        let sender = try Sender(to: subscription.endpoint)
        try sender.send((1...9).map { script.plain($0) })
        try await eventually { subscription.counters.datagrams == 9 }
        var yielded: [UInt64] = []
        for await event in subscription.events {
            if case .message(let message) = event { yielded.append(message.sequence) }
            if case .overflow(let overflow) = event {
                #expect(yielded.count + overflow.messages == 9)
                break
            }
        }
        let missed = UInt64(yielded.count + 1)
        try sender.send(replica(8).datagram(1, message(1, 1)), replica(8).datagram(2, message(UInt128(missed), 2)))
        let again = try #require(await subscription.first { _ in true })
        #expect(again.id.bits == UInt128(missed))
        #expect(subscription.counters.duplicateMessages == 1)
    }

    @Test func `what expired in the queue may come through another replica`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        let now = Message.Time.now.milliseconds
        let sender = try Sender(to: subscription.endpoint)
        // Time enough for the receiving thread, however busy the machine is.
        try sender.send(
            script.datagram(1, .whole(.init(1, publishedAt: now, ttl: 2_000)), .whole(.init(2))))
        try await eventually { subscription.counters.messages == 2 && Message.Time.now.milliseconds > now + 2_000 }
        var iterator = subscription.makeAsyncIterator()
        #expect(await iterator.next()?.sequence == 2)
        try sender.send(replica(8).datagram(1, message(1, 7)))
        #expect(await iterator.next()?.sequence == 7)
    }

    @Test func `a message larger than the queue is yielded when it is alone`() async throws {
        var options = Subscription.Options()
        options.queueBytes = 1_000
        options.queueMessages = 1
        let subscription = try Subscription(listen: "127.0.0.1:0", options)
        let large = Script.Part(1, [UInt8](repeating: 0, count: 30_000))
        try Sender(to: subscription.endpoint).send(script.datagram(1, .whole(large)))
        var iterator = subscription.makeAsyncIterator()
        #expect(await iterator.next()?.payload.count == 30_000)
    }

    /// Waits until something holds that another thread brings about.
    private func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
