import Glibc
import Testing

@testable import FanOut

struct FailureRangesTests {
    private typealias Failed = FailureRanges.Range

    @Test func `nothing has failed at first`() {
        let failures = FailureRanges()
        #expect(failures.latest == 0)
        #expect(!failures.contains(0..<UInt64.max, copy: 0))
        #expect(failures.touching(0..<UInt64.max) == [])
    }

    @Test func `failures in a row are one range`() {
        var failures = FailureRanges()
        for number in 5..<9 as Range<UInt64> {
            failures.record(number..<number + 1, copy: 0, code: EPERM, settled: 0)
        }
        failures.record(9..<12, copy: 0, code: EPERM, settled: 0)
        #expect(failures.ranges == [Failed(from: 5, to: 11, copy: 0, code: EPERM)])
        #expect(failures.latest == 11)
    }

    @Test func `another errno, another copy and a gap each begin a range`() {
        var failures = FailureRanges()
        failures.record(1..<2, copy: 0, code: EPERM, settled: 0)
        failures.record(2..<3, copy: 0, code: EACCES, settled: 0)
        failures.record(3..<4, copy: 1, code: EACCES, settled: 0)
        failures.record(5..<6, copy: 1, code: EACCES, settled: 0)
        #expect(failures.ranges.count == 4)
        #expect(!failures.ranges.contains { !$0.isExact })
    }

    @Test func `copies that fail by turns are still one range each`() {
        var failures = FailureRanges()
        for number in 10..<20 as Range<UInt64> {
            failures.record(number..<number + 1, copy: 0, code: EPERM, settled: 0)
            failures.record(number - 5..<number - 4, copy: 1, code: EPERM, settled: 0)
        }
        #expect(
            failures.ranges == [
                Failed(from: 10, to: 19, copy: 0, code: EPERM), Failed(from: 5, to: 14, copy: 1, code: EPERM),
            ])
    }

    @Test func `both ends of a range belong to it`() {
        var failures = FailureRanges()
        failures.record(10..<15, copy: 2, code: EPERM, settled: 0)
        #expect(
            (9...15).map { failures.contains($0..<$0 + 1, copy: 2) } == [false, true, true, true, true, true, false])
        #expect(!failures.contains(10..<15, copy: 0))
        #expect(failures.contains(1..<11, copy: 2))
        #expect(failures.contains(14..<99, copy: 2))
        #expect(!failures.contains(1..<10, copy: 2))
    }

    @Test func `the last sixteen ranges stay exact and older ones say only that some failed`() {
        var failures = FailureRanges()
        for number in stride(from: UInt64(2), through: 60, by: 2) {
            failures.record(number..<number + 1, copy: 0, code: EPERM, settled: number + 1)
        }
        #expect(failures.ranges.count == FailureRanges.kept)
        #expect(failures.ranges.map(\.isExact) == [false] + Array(repeating: true, count: FailureRanges.kept - 1))
        #expect(failures.ranges[0].from == 2 && failures.ranges[0].to == 30)
        #expect(failures.touching(3..<4) == nil)
        #expect(failures.touching(31..<32) == [])
        #expect(failures.touching(32..<33)?.count == 1)
    }

    @Test func `a range whose further copies are still to come stays exact`() {
        var failures = FailureRanges()
        for number in stride(from: UInt64(2), through: 200, by: 2) {
            failures.record(number..<number + 1, copy: 0, code: EPERM, settled: 2)
        }
        #expect(failures.ranges.count == 100)
        let failed = (1...200 as ClosedRange<UInt64>).filter { failures.contains($0..<$0 + 1, copy: 0) }
        #expect(failed == Array(stride(from: 2, through: 200, by: 2)))
        failures.record(202..<203, copy: 0, code: EPERM, settled: 203)
        #expect(failures.ranges.count == FailureRanges.kept)
    }

    @Test func `an early failure of a later copy is not merged with what still awaits its copy`() {
        var failures = FailureRanges()
        failures.record(1_000..<1_001, copy: 0, code: EPERM, settled: 1)
        for number in stride(from: UInt64(2), through: 60, by: 2) {
            failures.record(number..<number + 1, copy: 1, code: EPERM, settled: number + 1)
        }
        #expect(failures.contains(1_000..<1_001, copy: 0))
        #expect(failures.touching(500..<501) == [])
    }

    @Test func `no more than a thousand ranges are ever held`() {
        var failures = FailureRanges()
        for number in stride(from: UInt64(2), through: 10_000, by: 2) {
            failures.record(number..<number + 1, copy: 0, code: EPERM, settled: 0)
            #expect(failures.ranges.count <= FailureRanges.maximum)
        }
        #expect(failures.contains(10_000..<10_001, copy: 0))
        #expect(failures.touching(2..<3) == nil)
    }

    @Test func `what lies wholly before a number is forgotten`() {
        var failures = FailureRanges()
        failures.record(1..<5, copy: 0, code: EPERM, settled: 0)
        failures.record(6..<9, copy: 0, code: EPERM, settled: 0)
        failures.forget(before: 4)
        #expect(failures.ranges.count == 2)
        failures.forget(before: 5)
        #expect(failures.ranges == [Failed(from: 6, to: 8, copy: 0, code: EPERM)])
        #expect(failures.latest == 8)
    }

    @Test(arguments: 1...20)
    func `what ranges tell is what a plain list of failures tells`(_ seed: UInt64) {
        var dice = Dice(seed)
        var failures = FailureRanges()
        var plain: [Int: [UInt64: Int32]] = [:]
        // The first copy runs ahead of the second, and that of the third, as cursors do.
        var next: [UInt64] = [1, 1, 1]
        for _ in 0..<600 {
            let copy = [0, 0, 0, 1, 1, 2][dice.roll(0...5)]
            let end = copy == 0 ? next[0] + 20 : next[copy - 1]
            guard next[copy] < end else { continue }
            let first = next[copy]
            let count = UInt64(dice.roll(1...Int(min(6, end - first))))
            next[copy] = first + count
            guard dice.roll(0...2) > 0 else { continue }
            let code: Int32 = dice.roll(0...1) == 0 ? EPERM : EACCES
            failures.record(first..<first + count, copy: copy, code: code, settled: next[2])
            for number in first..<first + count { plain[copy, default: [:]][number] = code }
        }
        for number in 1...next[0] {
            let one = number..<number + 1
            let codes = (0...2).map { plain[$0]?[number] }
            if let touching = failures.touching(one) {
                let told = (0...2).map { copy in touching.first { $0.copy == copy }?.code }
                #expect(told == codes, "number \(number)")
            }
            guard number >= next[2] else { continue }
            #expect((0...2).map { failures.contains(one, copy: $0) } == codes.map { $0 != nil }, "number \(number)")
        }
        #expect(failures.latest == plain.values.flatMap(\.keys).max())
    }
}
