import Datagrams
import Glibc
import Testing

@testable import Headcast

struct SubscriptionTests {
    private let script = Script()

    @Test(arguments: [
        ("127.0.0.1:0", false), ("[::1]:0", true), ("[::]:0", false), ("[::]:0", true), ("0.0.0.0:0", false),
    ])
    func `messages are yielded, over IPv4 and IPv6`(listen: String, isIPv6: Bool) async throws {
        let subscription = try Subscription(listen: listen)
        let sender = try Sender(to: subscription.endpoint, isIPv6: isIPv6)
        try sender.send(script.plain(1), script.plain(1), script.plain(2))
        var iterator = subscription.makeAsyncIterator()
        let first = await iterator.next()
        #expect(first?.sequence == 1)
        #expect(first?.sender.hasPrefix(isIPv6 ? "[::1]:" : "127.0.0.1:") == true)
        #expect(await iterator.next()?.sequence == 2)
        #expect(subscription.counters.duplicateDatagrams == 1)
    }

    @Test(
        .enabled(if: SegmentationProbe.run(), "this kernel has no UDP_SEGMENT"), arguments: ["127.0.0.1:0", "[::1]:0"])
    func `datagrams that came as one are read one by one`(listen: String) async throws {
        let subscription = try Subscription(listen: listen)
        let sender = try Sender(to: subscription.endpoint)
        for run in 0..<20 as Range<UInt64> {
            let last = script.datagram(run * 40 + 40, .whole(.init(run * 40 + 40, [])))
            try sender.sendRun((1...39).map { script.plain(run * 40 + $0) } + [last])
        }
        var sequences: [UInt64] = []
        for await message in subscription {
            sequences.append(message.sequence)
            if sequences.count == 800 { break }
        }
        #expect(sequences == Array(1...800))
        #expect(subscription.counters.datagrams == 800)
    }

    @Test func `what is missing is told when its time has come, though nothing arrives`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        let sender = try Sender(to: subscription.endpoint)
        try sender.send(script.plain(1), script.plain(3))
        var words: [String] = []
        for await event in subscription.events {
            words.append(event.word)
            if words.count == 3 { break }
        }
        #expect(words == ["1", "3", "gap 2-2"])
    }

    @Test func `raw payloads are taken on request and are foreign else`() async throws {
        var options = Subscription.Options()
        options.formats = [.raw]
        let raw = try Subscription(listen: "127.0.0.1:0", options)
        let enveloped = try Subscription(listen: "127.0.0.1:0")
        try Sender(to: raw.endpoint).send(Array("hello".utf8), [], script.plain(1))
        try Sender(to: enveloped.endpoint).send(Array("hello".utf8), script.plain(1))
        var iterator = raw.makeAsyncIterator()
        let first = try #require(await iterator.next())
        #expect(first.payload.elementsEqual("hello".utf8))
        #expect(first.format == .raw && first.id == .none && first.topic.isEmpty && first.sequence == 0)
        #expect(await iterator.next()?.payload.isEmpty == true)
        #expect(await iterator.next()?.payload.count == script.plain(1).count)
        var other = enveloped.makeAsyncIterator()
        #expect(await other.next()?.sequence == 1)
        #expect(enveloped.counters.foreign == 1)
    }

    @Test func `a consumer that stops is told how much it missed, and the counts add up`() async throws {
        var options = Subscription.Options()
        options.queueMessages = 100
        let subscription = try Subscription(listen: "127.0.0.1:0", options)
        let sender = try Sender(to: subscription.endpoint)
        for number in 1...1_000 as ClosedRange<UInt64> {
            try sender.send(script.plain(number))
            // Slowly enough for the kernel's buffer.
            if number % 100 == 0 { try await until { subscription.counters.datagrams == Int(number) } }
        }
        #expect(subscription.counters.overflow.messages >= 900)
        try sender.send(script.plain(1_001))
        var messages: [UInt64] = []
        var missed = 0
        for await event in subscription.events {
            switch event {
            case .message(let message): messages.append(message.sequence)
            case .overflow(let overflow):
                missed += overflow.messages
                #expect(overflow.bytes == overflow.messages)
                #expect(overflow.events == 0)
                // Everything before it came, and everything behind it.
                #expect(messages == Array(1...UInt64(messages.count)))
                if messages.count + missed == 1_000 { try sender.send(script.plain(1_002)) }
            default: Issue.record("\(event.word)")
            }
            if messages.count + missed >= 1_001 { break }
        }
        #expect(missed == subscription.counters.overflow.messages)
    }

    @Test func `the queue is bounded by bytes, too`() async throws {
        var options = Subscription.Options()
        options.queueBytes = 100_000
        let subscription = try Subscription(listen: "127.0.0.1:0", options)
        let sender = try Sender(to: subscription.endpoint)
        for number in 1...10 as ClosedRange<UInt64> {
            try sender.send(script.datagram(number, .whole(.init(number, [UInt8](repeating: 0, count: 30_000)))))
        }
        try await until { subscription.counters.datagrams == 10 }
        #expect(subscription.counters.overflow == .init(messages: 7, bytes: 210_000))
    }

    @Test func `what the kernel dropped is told`() async throws {
        var options = Subscription.Options()
        options.receiveBufferBytes = 1
        options.formats = [.raw]
        let subscription = try Subscription(listen: "127.0.0.1:0", options)
        #expect(subscription.receiveBufferBytes < 10_000)
        let sender = try Sender(to: subscription.endpoint)
        let datagram = [UInt8](repeating: 0, count: 1_000)
        try await until {
            for _ in 0..<100 { try? sender.send(datagram) }
            return subscription.counters.kernelDrops > 0
        }
        for await event in subscription.events {
            guard case .kernelDrops(let count) = event else { continue }
            #expect(count > 0)
            break
        }
    }

    // MARK: Ending

    @Test func `cancelling the task ends the loop and closes the socket`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        let task = Task {
            var count = 0
            for await _ in subscription { count += 1 }
            return count
        }
        let sender = try Sender(to: subscription.endpoint)
        try sender.send(script.plain(1))
        try await until { subscription.counters.messages == 1 }
        task.cancel()
        #expect(await task.value <= 1)
        _ = try Subscription(listen: subscription.endpoint)
    }

    @Test func `letting go of a subscription closes the socket and ends the thread`() async throws {
        let endpoint: String
        do {
            let subscription = try Subscription(listen: "127.0.0.1:0")
            endpoint = subscription.endpoint
            #expect(throws: SubscriptionError.self) { _ = try Subscription(listen: endpoint) }
        }
        for _ in 0..<50 { _ = try Subscription(listen: endpoint) }
    }

    @Test func `what was received before the end may still be consumed`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        try Sender(to: subscription.endpoint).send(script.plain(1), script.plain(2))
        try await until { subscription.counters.messages == 2 }
        subscription.cancel()
        subscription.cancel()
        var sequences: [UInt64] = []
        for await message in subscription { sequences.append(message.sequence) }
        #expect(sequences == [1, 2])
    }

    @Test func `a second consumer that waits ends at once`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        async let first = { () -> UInt64? in
            var iterator = subscription.makeAsyncIterator()
            return await iterator.next()?.sequence
        }()
        try await until { subscription.queue.hasWaiter }
        var second = subscription.makeAsyncIterator()
        #expect(await second.next() == nil)
        try Sender(to: subscription.endpoint).send(script.plain(1))
        #expect(await first == 1)
    }

    @Test func `a message that expires while it waits is not yielded`() async throws {
        let subscription = try Subscription(listen: "127.0.0.1:0")
        let now = Message.Time.now.milliseconds
        let soon = Script.Part(1, publishedAt: now, ttl: 300)
        try Sender(to: subscription.endpoint).send(script.datagram(1, .whole(soon), .whole(.init(2))))
        try await until { subscription.counters.messages == 2 }
        try await until { Message.Time.now.milliseconds > now + 300 }
        var iterator = subscription.makeAsyncIterator()
        #expect(await iterator.next()?.sequence == 2)
        #expect(subscription.counters.expiredMessages == 1)
        #expect(subscription.counters.messages == 1)
    }

    @Test func `an address that is none is refused, and one that is taken`() throws {
        let error = #expect(throws: SubscriptionError.self) { _ = try Subscription(listen: "localhost:1") }
        #expect(error == .address("localhost:1"))
        let other = try Subscription(listen: "127.0.0.1:0")
        let taken = #expect(throws: SubscriptionError.self) { _ = try Subscription(listen: other.endpoint) }
        #expect(taken?.description == "cannot bind UDP \(other.endpoint): address already in use (EADDRINUSE)")
    }

    /// Waits until something holds that another thread brings about.
    private func until(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}
