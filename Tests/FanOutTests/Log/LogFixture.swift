import Clocks
import Datagrams

@testable import FanOut

/// One log filled by hand.
final class LogFixture {
    var log: TopicLog
    var now = Instant(nanoseconds: 1_000_000_000)

    init(ringBytes: Int = 1 << 16) throws {
        log = try TopicLog(ringBytes: ringBytes)
    }

    @discardableResult
    func append(_ bytes: [UInt8], copies: Int = 1, spacing: Duration = .zero) -> UInt64 {
        log.makeRoom(for: LogSpace(bytes: bytes.count))
        log.write(bytes.span.bytes, at: 0)
        return log.commit(
            DatagramEntry(
                position: 0, length: UInt32(bytes.count), ended: 1, lastSequence: log.next, begins: log.next,
                copies: UInt8(copies), publishedAt: now, spacing: spacing, message: log.next))
    }

    /// Appends datagrams of these lengths; each is filled with its number.
    func append(lengths: [Int], copies: Int = 1, spacing: Duration = .zero) {
        for length in lengths {
            append(
                Array(repeating: UInt8(truncatingIfNeeded: log.next), count: length), copies: copies, spacing: spacing)
        }
    }

    func hasRoom(for byteCount: Int, keeping number: UInt64) -> Bool {
        log.hasRoom(for: LogSpace(bytes: byteCount), keeping: number)
    }

    func oldest(after byteCount: Int) -> UInt64 {
        log.oldest(after: LogSpace(bytes: byteCount))
    }

    func byteCount(from number: UInt64) -> Int {
        log.byteCount(from: number)
    }

    /// The bytes of datagram `number`.
    func bytes(of number: UInt64) -> [UInt8] {
        let entry = log[number]
        return log.ring.withBytes(at: entry.position, count: Int(entry.length)) { span in
            span.withUnsafeBytes { Array($0) }
        }
    }

    func run(
        from first: UInt64 = 1, before end: UInt64? = nil, limits: RunLimits = RunLimits(),
        where include: (DatagramEntry) -> Bool = { _ in true }
    ) -> Run {
        log.run(from: first, before: end ?? log.next, limits: limits, where: include)
    }

    /// The lengths of all runs from `first` to the end.
    func runs(from first: UInt64 = 1) -> [Int] {
        var counts: [Int] = []
        var next = first
        while next < log.next {
            let run = run(from: next)
            counts.append(run.count)
            next = run.end
        }
        return counts
    }
}
