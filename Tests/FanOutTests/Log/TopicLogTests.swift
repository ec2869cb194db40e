import Clocks
import Datagrams
import Testing

@testable import FanOut

struct TopicLogTests {
    @Test func `an empty log holds nothing`() throws {
        let fixture = try LogFixture()
        #expect(fixture.log.oldest == 1)
        #expect(fixture.log.next == 1)
        #expect(fixture.byteCount(from: 1) == 0)
        #expect(fixture.oldest(after: 1_000) == 1)
    }

    @Test func `datagrams are numbered from 1`() throws {
        let fixture = try LogFixture()
        let numbers = [fixture.append([1]), fixture.append([]), fixture.append([2, 3])]
        #expect(numbers == [1, 2, 3])
        #expect(fixture.log.next == 4)
        #expect([fixture.bytes(of: 1), fixture.bytes(of: 2), fixture.bytes(of: 3)] == [[1], [], [2, 3]])
    }

    @Test func `an entry tells what was appended`() throws {
        let fixture = try LogFixture()
        fixture.append([9, 9], copies: 3, spacing: .milliseconds(20))
        let entry = fixture.log[1]
        #expect(entry.length == 2 && entry.copies == 3 && entry.ended == 1 && entry.message == 1)
        #expect(entry.due(copy: 0) == fixture.now)
        #expect(entry.due(copy: 2) == fixture.now + .milliseconds(40))
    }

    @Test func `the bytes from a number on are counted`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [10, 0, 20])
        #expect((1...4).map { fixture.byteCount(from: $0) } == [30, 20, 20, 0])
    }

    @Test func `the oldest datagrams give way to the newest`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        fixture.append(lengths: [2_000, 2_000, 96])
        #expect(fixture.log.oldest == 1)
        fixture.append(lengths: [1])
        #expect(fixture.log.oldest == 2)
        fixture.append(lengths: [2_000])
        #expect(fixture.log.oldest == 3)
        fixture.append(lengths: [4_096])
        #expect(fixture.log.oldest == 6)
        #expect(fixture.byteCount(from: 1) == 4_096)
    }

    @Test func `what will be the oldest is known before it is appended`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        var dice = Dice(3)
        for _ in 0..<5_000 {
            let length = dice.roll(0...3) == 0 ? dice.roll(0...4_096) : dice.roll(0...40)
            let expected = fixture.oldest(after: length)
            fixture.append(lengths: [length])
            #expect(fixture.log.oldest == expected)
        }
    }

    @Test func `there is room for the whole ring and not a byte more`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        #expect(fixture.hasRoom(for: 4_096, keeping: 1))
        #expect(!fixture.hasRoom(for: 4_097, keeping: 1))
        fixture.append(lengths: [96, 1_000])
        #expect(fixture.hasRoom(for: 3_000, keeping: 1))
        #expect(!fixture.hasRoom(for: 3_001, keeping: 1))
        #expect(fixture.hasRoom(for: 3_096, keeping: 2))
        #expect(!fixture.hasRoom(for: 3_097, keeping: 2))
        #expect(fixture.hasRoom(for: 4_096, keeping: 3))
    }

    @Test func `empty datagrams have room in a full ring`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        fixture.append(lengths: [4_096])
        #expect(fixture.hasRoom(for: 0, keeping: 1))
        fixture.append(lengths: [0])
        #expect(fixture.log.oldest == 1)
        #expect(fixture.bytes(of: 2).isEmpty)
    }

    @Test func `tiny payloads are held for a count`() throws {
        let fixture = try LogFixture(ringBytes: 1 << 16)
        fixture.append(lengths: Array(repeating: 1, count: 4_096))
        #expect(fixture.log.oldest == 1)
        #expect(!fixture.hasRoom(for: 1, keeping: 1))
        #expect(fixture.hasRoom(for: 1, keeping: 2))
        #expect(fixture.oldest(after: 1) == 2)
        fixture.append(lengths: [1])
        #expect(fixture.log.oldest == 2)
        #expect(fixture.log.next == 4_098)
    }

    @Test func `empty payloads are held for a count`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        fixture.append(lengths: Array(repeating: 0, count: 10_000))
        #expect(fixture.log.oldest == 10_001 - 4_096)
        #expect(fixture.byteCount(from: fixture.log.oldest) == 0)
    }

    @Test func `what is kept is what was appended, however often the ring goes round`() throws {
        let fixture = try LogFixture(ringBytes: 8_192)
        var dice = Dice(8)
        var appended: [UInt64: [UInt8]] = [:]
        for _ in 0..<20_000 {
            let length = dice.roll(0...9) == 0 ? dice.roll(0...3_000) : dice.roll(0...60)
            let bytes = Array(repeating: UInt8(truncatingIfNeeded: dice.next()), count: length)
            let needed = fixture.log.oldest + UInt64(dice.roll(0...5))
            let hasRoom = needed <= fixture.log.next && fixture.hasRoom(for: length, keeping: needed)
            appended[fixture.append(bytes)] = bytes
            if hasRoom { #expect(fixture.log.oldest <= needed) }
        }
        #expect(fixture.log.next - fixture.log.oldest > 10)
        for number in fixture.log.oldest..<fixture.log.next { #expect(fixture.bytes(of: number) == appended[number]) }
    }
}
