import Testing
import Wire

@testable import Headcast

/// Several streams, and ids across them.
struct StreamTests {
    private let script = Script()

    private func other(_ change: (inout Script) -> Void) -> Script {
        var other = script
        change(&other)
        return other
    }

    private func message(_ id: UInt128, _ sequence: UInt64) -> Script.Record { .whole(.init(sequence, id: id)) }

    @Test func `numbers of replicas and of topics have nothing in common`() {
        let replica = other { $0.source = 8 }
        let topic = other { $0.topic = "prices" }
        let reading = Reading()
        reading.read(script.datagram(1, message(101, 1)))
        #expect(
            reading.read(replica.datagram(1, message(102, 1)))
                == ["epoch \(script.epoch) after \(script.epoch)", "1"])
        #expect(reading.read(topic.datagram(1, message(103, 1))) == ["1"])
        #expect(reading.read(replica.datagram(1, message(102, 1))).isEmpty)
        reading.read(replica.datagram(3, message(104, 2)))
        #expect(reading.wait(50) == ["gap 2-2"])
        #expect(reading.counters.streams == 3)
    }

    @Test func `a message published through two replicas is yielded once`() {
        let replica = other { $0.source = 8 }
        let reading = Reading { $0.reportsDuplicates = true }
        reading.read(script.datagram(1, message(42, 1)))
        #expect(
            reading.read(replica.datagram(9, message(42, 7), message(43, 8)))
                == ["epoch \(script.epoch) after \(script.epoch)", "repeat of 42", "8"])
        #expect(reading.counters.duplicateMessages == 1)
    }

    @Test func `a message of two topics is yielded for both`() {
        let topic = other { $0.topic = "prices" }
        let reading = Reading()
        #expect(reading.read(script.datagram(1, message(42, 1)), topic.datagram(1, message(42, 1))) == ["1", "1"])
    }

    @Test func `a split message that is known is dropped with all its parts`() {
        let payload = [UInt8](repeating: 3, count: 50)
        let replica = other { $0.source = 8 }
        let reading = Reading()
        #expect(reading.read(script.split(.init(1, payload, id: 42), from: 1, part: 20)) == ["1"])
        reading.read(replica.plain(9))
        #expect(reading.read(replica.split(.init(10, payload, id: 42), from: 10, part: 20)).isEmpty)
        #expect(reading.counters.duplicateMessages == 1)
        #expect(reading.wait(20_000).isEmpty)
        #expect(reading.counters.incompleteMessages == 0)
        #expect(reading.reader.reassembly.bytes == 0)
    }

    @Test func `two replicas may send parts of one message at the same time`() {
        let payload = [UInt8](repeating: 3, count: 50)
        let replica = other { $0.source = 8 }
        let reading = Reading()
        let first = script.split(.init(1, payload, id: 42), from: 1, part: 20)
        let second = replica.split(.init(4, payload, id: 42), from: 4, part: 20)
        #expect(reading.read(first[0], second[0], second[1], second[2]).last == "4")
        #expect(reading.read(first[1], first[2]).isEmpty)
        #expect(reading.counters.duplicateMessages == 1)
    }

    @Test func `a message that did not become whole may come through another replica`() {
        let payload = [UInt8](repeating: 3, count: 50)
        let replica = other { $0.source = 8 }
        let reading = Reading()
        reading.read(script.split(.init(1, payload, id: 42), from: 1, part: 20)[0], script.plain(4))
        #expect(reading.wait(50) == ["gap 2-3", "incomplete 1 lost"])
        #expect(reading.read(replica.split(.init(1, payload, id: 42), from: 1, part: 20)).last == "1")
    }

    @Test func `a stream that is silent longest is forgotten, and what it misses is told`() {
        let reading = Reading { $0.rememberedStreams = 2 }
        let second = other { $0.epoch += 1 }
        let third = other { $0.epoch += 2 }
        reading.read(script.datagram(1, message(1, 1)), second.datagram(1, message(2, 1)))
        reading.read(second.datagram(3, message(3, 2)), script.datagram(2, message(4, 2)))
        #expect(
            reading.read(third.datagram(1, message(5, 1)))
                == ["gap 2-2", "epoch \(third.epoch) after \(script.epoch)", "1"])
        #expect(reading.counters.forgottenStreams == 1)
        #expect(reading.read(script.datagram(2, message(4, 2))).isEmpty)
        // Its numbers are forgotten; the ids of its topic are not.
        #expect(
            reading.read(second.datagram(1, message(2, 1), message(6, 5)))
                == ["epoch \(second.epoch) after \(script.epoch)", "5"])
    }

    @Test func `an id is forgotten when enough others came, and not before`() {
        let reading = Reading { $0.rememberedIDs = 10 }
        for id in 1...10 as ClosedRange<UInt64> { reading.read(script.datagram(id, message(UInt128(id), id))) }
        #expect(reading.read(script.datagram(11, message(1, 11))).isEmpty)
        for id in 12...19 as ClosedRange<UInt64> { reading.read(script.datagram(id, message(UInt128(id), id))) }
        // Heard ten ids ago.
        #expect(reading.read(script.datagram(20, message(1, 20))).isEmpty)
        for id in 21...40 as ClosedRange<UInt64> { reading.read(script.datagram(id, message(UInt128(id), id))) }
        #expect(reading.read(script.datagram(41, message(1, 41))) == ["41"])
    }

    @Test func `of many ids the last are known, those long gone are not, whatever their order`() {
        var dice = SystemRandomNumberGenerator()
        var memory = IDMemory(capacity: 50)
        var heard: [UInt128] = []
        for _ in 0..<5_000 {
            let id = UInt128.random(in: 0..<200, using: &dice)
            let age = heard.lastIndex(of: id).map { Set(heard[($0 + 1)...]).count } ?? .max
            let isNew = Bool.random(using: &dice) ? memory.remember(id) : !memory.hear(id)
            if age < 50 { #expect(!isNew) }
            if age >= 150 { #expect(isNew) }
            if isNew { _ = memory.remember(id) }
            heard = (heard + [id]).suffix(1_000)
            #expect(memory.count <= 100)
        }
    }

    @Test(arguments: [1, 3, 40, 1_000])
    func `ids that ascend but for a few are known like others`(disorder: Int) {
        var memory = IDMemory(capacity: 300)
        var ids = (1...2_000).map { UInt128($0) << 64 }
        for index in ids.indices { ids.swapAt(index, min(ids.count - 1, index + .random(in: 0..<disorder))) }
        for (index, id) in ids.enumerated() {
            let isNew = !memory.hear(id) && memory.remember(id)
            let unknown = [id - 1, id + 1].filter { memory.hear($0) }
            let forgotten = ids[max(0, index - 99)...index].shuffled().filter { !memory.hear($0) }
            #expect(isNew && unknown.isEmpty && forgotten.isEmpty && memory.count <= 600)
        }
        let areNew = [ids[1_999], ids[0]].map { memory.remember($0) }
        #expect(areNew == [false, true])
    }

    @Test func `the nil UUID is an id like another`() {
        let reading = Reading()
        #expect(reading.read(script.datagram(1, message(0, 1), message(0, 2))) == ["1"])
    }

    @Test func `what is expired is dropped and counted`() {
        let reading = Reading()
        reading.now = 10_000
        #expect(
            reading.read(
                script.datagram(
                    1, .whole(.init(1, publishedAt: 9_000, ttl: 999)), .whole(.init(2, publishedAt: 9_000, ttl: 1_000)),
                    .whole(.init(3, publishedAt: .max, ttl: 5)))) == ["2", "3"])
        #expect(reading.counters.expiredMessages == 1)
    }

    @Test func `everything that is not taken is counted by what it is`() {
        let reading = Reading()
        var version = script.plain(1)
        version[3] = 2
        var flag = script.plain(1)
        flag[5] = 0x80
        var number = script.plain(1)
        number[31] = 0
        var body = script.plain(1)
        body[36 + 6 + 43] = 0
        reading.read([[], [1], Array("{}".utf8), version, flag, number, body])
        reading.read(script.envelope(.probe, number: 0, content: []))
        reading.read(script.datagram(5, .whole(.init(1, attributes: [1, 0x41, 0, 0])), .whole(.init(2))))
        let counters = reading.counters
        #expect(counters.foreign == 3)
        #expect(counters.unknownVersions == 1)
        #expect(counters.notUnderstood == 1)
        #expect(counters.otherKinds == 1)
        #expect(counters.malformedDatagrams == ["number": 1, "body of bytes": 1])
        #expect(counters.malformedMessages == 1)
        #expect(counters.messages == 1)
        #expect(counters.datagrams == 9)
    }

    @Test func `a message has everything that was sent`() throws {
        var attributes = Attributes()
        #expect([attributes.add("content-type", "text/plain"), attributes.add("x", "y")] == [true, true])
        let reading = Reading()
        let part = Script.Part(
            3, Array("hello".utf8), id: 0x01A2_06A6_CACB_7FE6_AA46_003B_0B0B_FDB7, publishedAt: 9_999, ttl: 5_000,
            attributes: attributes.encoded)
        let message = try #require(reading.messages(of: [script.datagram(1, .whole(part))]).first)
        #expect(message.id.description == "01a206a6-cacb-7fe6-aa46-003b0b0bfdb7")
        #expect(Message.ID("01A206A6-cacb-7fe6-aa46-003b0b0bfdb7") == message.id)
        #expect(message.topic == "orders" && message.sequence == 3 && message.epoch == script.epoch)
        #expect(message.publishedAt == .init(milliseconds: 9_999))
        #expect(message.publishedAt?.description == "1970-01-01T00:00:09.999Z")
        #expect(message.expiresAt == .init(milliseconds: 14_999))
        #expect(message.receivedAt == .init(milliseconds: 10_000))
        #expect(message.attributes.map(\.name) == ["content-type", "x"])
        #expect(message.attributes.contentType == "text/plain" && message.attributes["x"] == "y")
        #expect(message.payload.elementsEqual("hello".utf8))
        #expect(message.sender == "127.0.0.1:9")
        #expect(message.stream.description == "orders, epoch 1795400000000 of source 7")
    }
}
