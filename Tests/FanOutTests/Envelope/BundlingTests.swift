import Testing
import Wire

@testable import FanOut

struct BundlingTests {
    private func attributes(contentType: String) throws -> Attributes {
        var attributes = Attributes()
        let isAdded = attributes.add("content-type", contentType)
        try #require(isAdded)
        return attributes
    }

    @Test func `a lone message leaves in one datagram without padding`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        let position = try fixture.publish("tea")
        fixture.settle()
        let got = try EnvelopeCollector(messagesOf: pod)
        let header = try #require(got.headers.first)
        #expect(
            header == EnvelopeHeader(kind: .messages, source: 7, epoch: fixture.topic.epoch, number: 1))
        #expect(got.texts == ["tea"])
        #expect(got.lengths == [36 + 6 + 48 + 3])
        #expect(got.messages.first?.sequence == 1)
        #expect(got.messages.first?.id == fixture.ledger[position]?.id.bits)
        #expect(fixture.ledger[position]?.sent == 1)
    }

    @Test func `what is published together shares a datagram`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        for text in ["a", "", "ccc"] { try fixture.publish(text) }
        fixture.settle()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.texts == ["a", "", "ccc"])
        #expect(got.messages.map(\.sequence) == [1, 2, 3])
        #expect(got.lengths.count == 1)
        #expect(fixture.topic.settledSequence == 3)
        #expect(fixture.topic.counters.datagramsSent == 1)
    }

    /// Payloads, and the datagrams they leave in, with 42 bytes before the messages and 48 before each payload: equal ones
    /// are as long as they are, shorter ones among them padded.
    @Test(arguments: [
        ([300, 300, 300, 300, 300, 300, 300], [1_086, 1_086, 390]),
        ([700, 700, 700, 700, 700], [790, 790, 790, 790, 790]),
        ([1_000, 700, 900, 1_100, 800, 600], [1_090, 1_090, 1_090, 1_190, 1_190, 690]),
    ])
    func `the datagrams of a round but the last are padded to the length of those before`(
        payloads: [Int], lengths: [Int]
    ) throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        fixture.prove()
        fixture.settle()
        for (index, payload) in payloads.enumerated() { try fixture.publish("\(index)", byteCount: payload) }
        let before = fixture.sender.sendCalls
        fixture.settle()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.texts.count == payloads.count)
        #expect(got.faults.isEmpty)
        guard fixture.sender.takesRuns else { return }
        #expect(got.lengths == lengths)
        let rises = zip(lengths, lengths.dropFirst()).count { $0 < $1 }
        #expect(fixture.sender.sendCalls - before == 1 + rises)
    }

    /// The datagram's size, the burst, whether runs are taken.
    @Test(arguments: [(65_507, 1 << 17, true), (1_232, 1_232, true), (1_232, 2_463, true), (1_232, 1 << 16, false)])
    func `nothing is padded where no two datagrams can share a send`(
        datagramBytes: Int, burstBytes: Int, takesRuns: Bool
    ) throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint], takesRuns: takesRuns) {
            $0.datagramBytes = datagramBytes
            $0.burstBytes = burstBytes
        }
        let size = datagramBytes * 55 / 100
        var got = try EnvelopeCollector()
        for index in 0..<4 { try fixture.publish("\(index)", byteCount: size) }
        fixture.finish { for datagram in pod.received() { #expect(throws: Never.self) { try got.read(datagram) } } }
        #expect(got.texts.count == 4)
        #expect(got.lengths == Array(repeating: 36 + 6 + 48 + size, count: 4))
    }

    @Test(arguments: [512, 1_232, 9_000])
    func `messages of every size arrive whole and in order`(datagramBytes: Int) throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) { $0.datagramBytes = datagramBytes }
        var dice = Dice(11)
        var sizes = [0, 1, 1_141, 1_142, 1_143, 1_231, 1_232, 1_233, 65_536, 1 << 20, 0]
        for _ in 0..<60 { sizes.append(dice.roll(0...(dice.roll(0...1) == 0 ? 6_000 : 400))) }
        var got = try EnvelopeCollector()
        var wanted: [[UInt8]] = []
        for size in sizes {
            let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
            wanted.append(payload)
            try fixture.publish(payload)
            guard dice.roll(0...2) == 0 || size > 10_000 else { continue }
            // The pace lets no more through in a millisecond than the pod's buffer holds.
            fixture.finish { for datagram in pod.received() { #expect(throws: Never.self) { try got.read(datagram) } } }
        }
        fixture.finish { for datagram in pod.received() { #expect(throws: Never.self) { try got.read(datagram) } } }
        #expect(got.faults.isEmpty)
        #expect(got.messages.map(\.payload) == wanted)
        #expect(got.lengths.allSatisfy { $0 <= datagramBytes })
        let numbers = got.headers.filter { $0.kind == .messages }.map(\.number)
        #expect(numbers == (1...UInt64(numbers.count)).map { $0 })
    }

    @Test func `attributes and time to live travel with the payload`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        var options = PublishOptions()
        options.attributes = try attributes(contentType: "text/plain")
        options.ttl = .seconds(5)
        options.id = MessageID(bits: 99)
        try fixture.publish(String(repeating: "x", count: 3_000), options)
        options.ttl = .nanoseconds(1)
        try fixture.publish("y", options)
        fixture.settle()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.messages.map(\.attributes) == [options.attributes.encoded, options.attributes.encoded])
        #expect(got.messages.map(\.payload.count) == [3_000, 1])
        #expect(got.messages.map(\.ttlMilliseconds) == [5_000, 1])
        #expect(got.messages.map(\.id) == [99, 99])
    }

    @Test func `attributes do not travel with a raw payload`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint])
        var options = PublishOptions()
        options.attributes = try attributes(contentType: "text/plain")
        try fixture.publish("tea", options)
        fixture.settle()
        #expect(pod.texts() == ["tea"])
    }

    @Test func `messages that are sent differently often share no datagram`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        try fixture.publish("once")
        try fixture.publish("twice", PublishOptions(copies: 2, spacing: .milliseconds(5)))
        try fixture.publish("twice again", PublishOptions(copies: 2, spacing: .milliseconds(5)))
        try fixture.publish("later", PublishOptions(copies: 2, spacing: .milliseconds(9)))
        fixture.finish()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.messages.prefix(4).map(\.number) == [1, 2, 2, 3])
        #expect(got.texts.dropFirst(4) == ["twice", "twice again", "later"])
    }

    @Test func `copies are the same datagrams and say until when they come`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) {
            $0.copies = 3
            $0.spacing = .milliseconds(20)
        }
        try fixture.publish("tea")
        fixture.settle()
        fixture.advance(.milliseconds(15))
        try fixture.publish("milk", PublishOptions(copies: 1))
        fixture.settle()
        fixture.finish(within: .milliseconds(60))
        let datagrams = pod.received().filter { $0[4] == 1 }
        #expect(datagrams.count == 4)
        #expect(Set(datagrams).count == 2)
        let got = try EnvelopeCollector(datagrams)
        #expect(got.headers.map(\.copyMilliseconds) == [140, 125, 140, 140])
    }

    @Test func `a subscriber that joins within a message is sent the next one on`() throws {
        let early = try LoopbackPod(2)
        let late = try LoopbackPod(3)
        let fixture = try TopicFixture(enveloped: [early.endpoint])
        try fixture.publish("large", byteCount: 200_000)
        try fixture.publish("behind it")
        // The pace holds most of it back.
        fixture.settle()
        fixture.join([early.endpoint, late.endpoint])
        try fixture.publish("large too", byteCount: 20_000)
        var (first, second) = (try EnvelopeCollector(), try EnvelopeCollector())
        fixture.finish {
            for datagram in early.received() { #expect(throws: Never.self) { try first.read(datagram) } }
            for datagram in late.received() { #expect(throws: Never.self) { try second.read(datagram) } }
        }
        #expect(first.messages.map(\.sequence) == [1, 2, 3])
        #expect(second.messages.map(\.sequence) == [3])
        #expect(second.faults.isEmpty)
        #expect(fixture.ledger[1]?.subscribers == 1)
        #expect(fixture.ledger[2]?.subscribers == 1)
        #expect(fixture.ledger[3]?.subscribers == 2)
        #expect(fixture.topic.settledSequence == 3)
    }

    @Test func `a message of which one datagram fails has failed, and its neighbours have not`() throws {
        let pod = try LoopbackPod(broadcast: ())
        let fixture = try TopicFixture(enveloped: [pod.endpoint])
        // The first run of the large message is refused, the others are not.
        try fixture.publish("large", byteCount: 200_000)
        fixture.settle()
        fixture.sender.allowBroadcast(true)
        try fixture.publish("small")
        fixture.finish()
        #expect(fixture.ledger[1]?.isSettled == true)
        #expect(fixture.ledger[1]?.failed == 1)
        #expect(fixture.ledger[2]?.failed == 0)
        #expect(fixture.row(pod.endpoint)?.failed == 1)
        #expect(fixture.row(pod.endpoint)?.sent == 1)
        #expect(fixture.outcomes(1)[pod.endpoint]?.copiesSent == 0)
        #expect(fixture.outcomes(1)[pod.endpoint]?.error?.contains("EACCES") == true)
    }

    @Test func `receipts are complete when a round holds more messages than the ledger`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture([pod.endpoint], ledger: 4) { $0.format = .enveloped }
        let positions = try (0..<40).map { try fixture.publish("\($0)") }
        fixture.settle()
        #expect(fixture.topic.settledSequence == 40)
        for position in positions.dropLast(4) {
            #expect(fixture.ledger.take(position)?.sent == 1)
            #expect(fixture.ledger.take(position) == nil)
        }
        #expect(fixture.topic.counters.copiesSent == 40)
    }

    @Test func `what arrives while the pace holds back fills the datagram that waits`() throws {
        let pod = try LoopbackPod()
        let fixture = try TopicFixture(enveloped: [pod.endpoint]) { $0.burstBytes = 1_232 }
        try fixture.publish("a", byteCount: 1_100)
        fixture.settle()
        for text in ["b", "c"] {
            try fixture.publish(text)
            fixture.settle()
        }
        #expect(fixture.topic.backlog.messages == 2)
        fixture.finish()
        let got = try EnvelopeCollector(messagesOf: pod)
        #expect(got.messages.map(\.number) == [1, 2, 2])
        #expect(fixture.topic.backlog.messages == 0)
        #expect(fixture.topic.backlog.bytes == 0)
    }
}
