import Testing

@testable import Headcast

/// Messages over many datagrams.
struct SplitTests {
    private let script = Script()
    private let payload = (0..<100).map { UInt8($0) }

    private func parts(_ sequence: UInt64 = 1, from number: UInt64 = 1) -> [[UInt8]] {
        script.split(.init(sequence, payload), from: number, part: 30)
    }

    @Test func `a split message is yielded when its last part comes, whatever the order`() {
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let reading = Reading()
            let datagrams = order.map { parts()[$0] }
            #expect(reading.read(Array(datagrams.prefix(3))).isEmpty)
            let messages = reading.messages(of: [datagrams[3]])
            #expect(messages.map { Array($0.payload) } == [payload])
            #expect(reading.reader.reassembly.bytes == 0)
            #expect(reading.reader.reassembly.count == 0)
        }
    }

    @Test func `attributes may be split, too`() throws {
        let reading = Reading()
        let attributes = [UInt8]([1, 0x61, 0, 40]) + [UInt8](repeating: 0x62, count: 40)
        let messages = reading.messages(
            of: script.split(.init(1, payload, attributes: attributes), from: 1, part: 30))
        #expect(messages.first?.attributes["a"] == String(repeating: "b", count: 40))
        #expect(messages.first.map { Array($0.payload) } == payload)
    }

    @Test func `parts of several messages may interleave, and share datagrams`() {
        let reading = Reading()
        let first = Script.Part(1, payload)
        let second = Script.Part(2, payload)
        #expect(
            reading.read(
                script.datagram(1, .start(first, 50), .start(second, 10)), script.datagram(2, .rest(second, 10..<60)),
                script.datagram(3, .rest(first, 50..<100), .rest(second, 60..<100), .whole(.init(3)))) == [
                    "1", "2", "3",
                ]
        )
    }

    @Test func `a start without bytes of the body is a start`() {
        let reading = Reading()
        let part = Script.Part(1, payload)
        #expect(
            reading.read(script.datagram(1, .start(part, 0)), script.datagram(2, .rest(part, 0..<1, at: 1))).isEmpty)
        #expect(Reading().read(script.datagram(1, .whole(.init(1, [])))) == ["1"])
    }

    @Test(arguments: [0, 1, 2, 3])
    func `a message of which one part is lost is given up with the gap`(missing: Int) {
        let reading = Reading()
        var datagrams = parts(5, from: 5)
        datagrams.remove(at: missing)
        reading.read([script.plain(4)] + datagrams + [script.plain(9)])
        let number = 5 + missing
        #expect(reading.wait(50) == ["gap \(number)-\(number)", "incomplete 5 lost"])
        #expect(reading.counters.incompleteMessages == 1)
        #expect(reading.reader.reassembly.bytes == 0)
    }

    @Test func `messages that are given up are told of in their order`() {
        let reading = Reading()
        let starts = (1...20 as ClosedRange<UInt64>).map { parts($0, from: $0 * 4)[0] }
        reading.read(starts + [script.plain(100)])
        let told = reading.wait(50).filter { $0.hasPrefix("incomplete") }
        #expect(told == (1...20).map { "incomplete \($0) lost" })
    }

    @Test func `a gap next to a message that is whole but for reordering does it no harm`() {
        let reading = Reading()
        var script = script
        let datagrams = parts(2, from: 2)
        reading.read([script.plain(1), datagrams[0], datagrams[1], datagrams[3], script.plain(7)])
        reading.now += 10
        script.copyMilliseconds = 0
        // 4 and 6 are missing; 4 comes in time.
        #expect(reading.read(datagrams[2]) == ["2"])
        #expect(reading.wait(50) == ["gap 6-6"])
        #expect(reading.counters.incompleteMessages == 0)
    }

    @Test func `a message whose beginning was sent before is given up when no part comes for long`() {
        let reading = Reading { $0.reassemblyTime = .seconds(2) }
        reading.read(parts()[1])
        reading.now += 1_000
        reading.read(parts()[2])
        #expect(reading.wait == 2_000)
        #expect(reading.wait(1_999).isEmpty)
        #expect(reading.wait(1) == ["incomplete 1 time"])
        #expect(reading.wait == nil)
    }

    @Test func `a message is not given up while copies of its parts may come`() {
        let reading = Reading { $0.reassemblyTime = .seconds(2) }
        var script = script
        script.copyMilliseconds = 60_000
        let payload = [UInt8](repeating: 1, count: 50)
        let parts = script.split(.init(1, payload), from: 1, part: 20)
        reading.read(parts[0])
        script.copyMilliseconds = 0
        script.epoch += 1
        reading.read(script.split(.init(9, payload), from: 1, part: 20)[0])
        #expect(reading.wait == 2_000)
        #expect(reading.wait(2_000) == ["incomplete 9 time"])
        #expect(reading.wait == 60_000)
        #expect(reading.read(parts[1], parts[2]) == ["1"])
    }

    @Test(arguments: [29, 81, 16_000_000])
    func `a part that contradicts others ends the message`(offset: Int) {
        let reading = Reading()
        let part = Script.Part(1, payload)
        #expect(
            reading.read(
                script.datagram(1, .start(part, 30)), script.datagram(2, .rest(part, 0..<20, at: offset)),
                script.datagram(3, .rest(part, 30..<100))
            ).isEmpty)
        #expect(reading.counters.malformedMessages == 1)
        #expect(reading.reader.reassembly.bytes == 0)
        #expect(reading.wait(60_000).isEmpty)
    }

    @Test func `parts that come before the start are checked when it comes`() {
        let reading = Reading()
        let part = Script.Part(1, payload)
        reading.read(script.heartbeat(first: 1, next: 1))
        #expect(
            reading.read(
                script.datagram(2, .rest(part, 30..<100)), script.datagram(3, .rest(part, 0..<100, at: 16_000_000)),
                script.datagram(1, .start(part, 30))
            ).isEmpty)
        #expect(reading.counters.malformedMessages == 1)
    }

    @Test func `a message that is too large for the memory granted is given up at once`() {
        let reading = Reading { $0.heldBytes = 90 }
        #expect(reading.read(parts()) == ["incomplete 1 memory"])
        #expect(reading.read(script.plain(5)) == ["5"])
    }

    @Test func `the oldest message makes room for another`() {
        let reading = Reading { $0.heldBytes = 250 }
        #expect(reading.read(parts(1, from: 1)[0], parts(2, from: 5)[0]).isEmpty)
        #expect(reading.read(parts(3, from: 9)[0]) == ["incomplete 1 memory"])
        #expect(reading.read(Array(parts(2, from: 5).dropFirst())) == ["2"])
        #expect(reading.read(Array(parts(1, from: 1).dropFirst())).isEmpty)
        #expect(reading.read(Array(parts(3, from: 9).dropFirst())) == ["3"])
    }

    @Test func `a mebibyte in any order is what was sent`() {
        var dice = SystemRandomNumberGenerator()
        let large = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &dice) }
        let datagrams = script.split(.init(1, large), from: 1, part: 1_100).shuffled(using: &dice)
        let reading = Reading()
        reading.read(script.heartbeat(first: 1, next: 1))
        let messages = reading.messages(of: datagrams)
        let isWhole = messages.count == 1 && messages[0].payload.elementsEqual(large)
        #expect(isWhole)
    }
}
