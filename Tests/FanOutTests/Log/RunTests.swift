import Clocks
import Datagrams
import Testing

@testable import FanOut

struct RunTests {
    @Test func `equal neighbours are one run`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [7, 7, 7])
        let run = fixture.run()
        #expect(run == Run(first: 1, count: 3, position: 0, byteCount: 21, segment: 7))
        #expect(run.end == 4)
    }

    @Test(arguments: [
        ([5, 5, 3], [3]),
        ([5, 5, 3, 5], [3, 1]),
        ([5, 5, 3, 3], [3, 1]),
        ([5, 3, 3], [2, 1]),
        ([5, 6], [1, 1]),
        ([5, 6, 5], [1, 2]),
        ([5, 0, 5], [1, 1, 1]),
        ([0, 0, 0], [1, 1, 1]),
        ([0, 5, 5], [1, 2]),
        ([3, 2, 1], [2, 1]),
        ([1], [1]),
    ])
    func `a run is of equal lengths and one shorter last`(_ lengths: [Int], _ expected: [Int]) throws {
        let fixture = try LogFixture()
        fixture.append(lengths: lengths)
        #expect(fixture.runs() == expected)
    }

    @Test func `a run holds at most 64 datagrams`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: Array(repeating: 10, count: 130))
        #expect(fixture.runs() == [64, 64, 2])
    }

    @Test func `a run holds at most 65507 bytes`() throws {
        let fixture = try LogFixture(ringBytes: 1 << 20)
        fixture.append(lengths: [65_507, 1, 32_753, 32_753, 1, 32_753, 32_754])
        #expect(fixture.runs() == [1, 1, 3, 1, 1])
        #expect(fixture.run(from: 3).byteCount == 65_507)
        fixture.append(lengths: [65_506, 1, 1])
        #expect(fixture.run(from: 8).count == 2)
    }

    @Test func `a run may be held shorter`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: Array(repeating: 10, count: 9))
        #expect(fixture.run(limits: RunLimits(datagrams: 4)).count == 4)
        #expect(fixture.run(limits: RunLimits(bytes: 39)).count == 3)
        #expect(fixture.run(limits: RunLimits(bytes: 40)).count == 4)
    }

    @Test func `a datagram longer than the limit goes alone`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [100, 100])
        #expect(fixture.run(limits: RunLimits(bytes: 50)).byteCount == 100)
    }

    @Test func `a run ends before the number it is given`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [4, 4, 4, 4])
        #expect(fixture.run(from: 2, before: 4).end == 4)
        #expect(fixture.run(from: 2, before: 3).count == 1)
    }

    @Test func `a run ends at the first datagram that does not belong to it`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [4, 4], copies: 2)
        fixture.append(lengths: [4], copies: 1)
        fixture.append(lengths: [4], copies: 2)
        #expect(fixture.run { $0.copies == 2 }.count == 2)
    }

    @Test func `a datagram of a run stands alone where it stood`() throws {
        let fixture = try LogFixture()
        fixture.append(lengths: [9, 5, 5, 2])
        let run = fixture.run(from: 2)
        #expect(run.count == 3)
        for index in 0..<3 {
            let one = run.datagram(index)
            let entry = fixture.log[run.first + UInt64(index)]
            #expect(one.first == run.first + UInt64(index) && one.count == 1)
            #expect(one.position == entry.position && one.byteCount == Int(entry.length))
        }
    }

    @Test func `a run across the end of the ring is contiguous`() throws {
        let fixture = try LogFixture(ringBytes: 4_096)
        fixture.append(lengths: [4_090])
        fixture.append(lengths: [5, 5, 5])
        let run = fixture.run(from: 2)
        let bytes = fixture.log.ring.withBytes(at: run.position, count: run.byteCount) { span in
            span.withUnsafeBytes { Array($0) }
        }
        #expect(bytes == [2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4])
    }

    @Test(arguments: 1...5)
    func `runs cover the log once, in order, within the limits`(_ seed: UInt64) throws {
        let fixture = try LogFixture(ringBytes: 1 << 20)
        var dice = Dice(seed)
        for _ in 0..<1_500 {
            let length = [0, 1, 100, 100, 100, 99, 1_200, 30_000][dice.roll(0...7)]
            fixture.append(lengths: Array(repeating: length, count: dice.roll(1...4)))
        }
        var next = fixture.log.oldest
        while next < fixture.log.next {
            let run = fixture.run(from: next)
            let lengths = (run.first..<run.end).map { Int(fixture.log[$0].length) }
            #expect(run.first == next && run.count >= 1 && run.count <= 64)
            #expect(run.byteCount == lengths.reduce(0, +) && run.byteCount <= 65_507)
            #expect(!lengths.dropLast().contains { $0 != run.segment })
            #expect(run.count == 1 || lengths.last.map { $0 > 0 && $0 <= run.segment } == true)
            next = run.end
        }
    }

    @Test(arguments: [(Int.min, 1), (-1, 1), (0, 1), (1, 1), (2, 2), (3, 4), (4, 4), (4_095, 4_096), (65_537, 131_072)])
    func `a count is rounded up to a power of two`(_ count: Int, _ expected: Int) {
        #expect(count.roundedUpToPowerOfTwo == expected)
    }
}
