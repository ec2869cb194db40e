import Testing
import Wire

@testable import Headcast

/// Input that nobody sends who means well: memory stays within its bounds, and nothing is read that was not written.
struct HostilityTests {
    private let script = Script()

    /// Reads many datagrams and holds what is remembered against its bounds.
    private func expectBounded(
        _ change: (inout Subscription.Options) -> Void = { _ in }, _ datagram: (UInt64) -> [UInt8]
    ) {
        let reading = Reading {
            $0.rememberedIDs = 1_000
            $0.heldBytes = 1 << 20
            change(&$0)
        }
        for index in 0..<10_000 as Range<UInt64> {
            _ = reading.events(of: [datagram(index)])
            if index % 100 == 0 { _ = reading.eventsAfter(1) }
            if index % 1_000 == 999 { expectBounded(reading) }
        }
        #expect(reading.counters.datagrams == 10_000)
    }

    private func expectBounded(_ reading: Reading) {
        let options = reading.reader.options
        let streams = reading.reader.streams.streams
        let topics = reading.reader.streams.topics
        #expect(streams.count <= options.rememberedStreams)
        #expect(streams.allSatisfy { $0.numbers.rangeCount <= 2 * NumberMemory.maximumRanges })
        #expect(topics.count <= options.rememberedStreams + 1)
        #expect(topics.allSatisfy { $0.ids.count <= 2 * options.rememberedIDs })
        #expect(reading.reader.heldBytes <= options.heldBytes)
        #expect(reading.reader.heldBytes == streams.reduce(0) { $0 + $1.held.bytes })
        #expect(reading.reader.reassembly.bytes <= options.heldBytes)
        #expect(reading.reader.reassembly.count <= Reassembly.maximumMessages)
    }

    @Test func `random numbers`() {
        var dice = SystemRandomNumberGenerator()
        expectBounded { _ in script.plain(.random(in: 1...UInt64.max, using: &dice)) }
    }

    @Test func `every second number`() {
        expectBounded { script.plain(2 * $0 + 1) }
    }

    @Test func `random streams`() {
        var dice = SystemRandomNumberGenerator()
        expectBounded { _ in
            var script = script
            script.source = .random(in: 0...UInt32.max, using: &dice)
            script.topic = "t\(script.source % 1_000)"
            return script.heartbeat(first: 1, next: .random(in: 1...UInt64.max, using: &dice))
        }
    }

    @Test func `random ids`() {
        var dice = SystemRandomNumberGenerator()
        expectBounded {
            script.datagram($0 + 1, .whole(.init($0 + 1, id: .random(in: 0...UInt128.max, using: &dice))))
        }
    }

    @Test func `starts of messages of 16 MiB that never go on`() {
        var message = Script.Part(1, [UInt8](repeating: 0, count: 16_842_752))
        expectBounded({ $0.heldBytes = 64 << 20 }) {
            message.head.sequence = $0 + 1
            message.head.id = UInt128($0)
            return script.datagram($0 + 1, .start(message, 1))
        }
    }

    @Test func `continuations of messages that never began`() {
        expectBounded {
            script.datagram($0 + 1, .rest(.init($0 / 3 + 1), 0..<1, at: Int($0 % 16_000_000) + 1))
        }
    }

    @Test func `one message in parts that leave holes`() {
        let message = Script.Part(1, [UInt8](repeating: 0, count: 16_842_752))
        expectBounded({ $0.heldBytes = 17 << 20 }) { index in
            let offset = Int(index) * 2 + 1
            return index == 0
                ? script.datagram(1, .start(message, 1)) : script.datagram(index + 1, .rest(message, 0..<1, at: offset))
        }
    }

    /// If each were looked for among all others, that would be half a billion steps.
    @Test(.timeLimit(.minutes(1))) func `very many parts that came backwards do not hold up the start`() {
        let reading = Reading()
        let message = Script.Part(1, [UInt8](repeating: 0, count: 70_000))
        let offsets = Array(stride(from: 60_000, to: 0, by: -2))
        let parts = stride(from: 0, to: offsets.count, by: 3_000).map { first in
            let records = offsets[first..<first + 3_000].map { Script.Record.rest(message, $0..<$0 + 1) }
            return script.datagram(UInt64(first / 3_000 + 2), records)
        }
        #expect(reading.events(of: parts).isEmpty)
        #expect(reading.events(of: [script.datagram(1, .start(message, 1))]).isEmpty)
        #expect(reading.reader.reassembly.count == 1)
    }

    @Test func `messages that wait for order`() {
        expectBounded({ $0.isOrdered = true }) { script.plain(2 * $0 + 1) }
    }

    @Test func `random changes of good datagrams crash nothing`() {
        var dice = SystemRandomNumberGenerator()
        for isOrdered in [false, true] {
            let reading = Reading {
                $0.isOrdered = isOrdered
                $0.heldBytes = 100_000
                $0.rememberedStreams = 4
            }
            let payload = [UInt8](repeating: 7, count: 200)
            for index in 0..<10_000 as Range<UInt64> {
                let part = Script.Part(index / 4 + 1, payload, id: UInt128(index / 4))
                var bytes =
                    index % 4 == 0
                    ? script.datagram(index + 1, .start(part, 50), .whole(.init(index + 2)))
                    : script.datagram(
                        index + 1, .rest(part, Int(index % 4) * 50..<Int(index % 4 + 1) * 50), .whole(.init(index + 2)))
                if index % 2 == 0 {
                    for _ in 0..<3 {
                        bytes[.random(in: 4..<bytes.count, using: &dice)] = .random(in: 0...255, using: &dice)
                    }
                }
                reading.read(bytes)
                if index % 50 == 0 { reading.wait(10) }
            }
            #expect(reading.counters.datagrams == 10_000)
            #expect(reading.counters.messages > 500)
        }
    }
}
