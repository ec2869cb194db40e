import Clocks
import Datagrams

/// One topic's ring of recent datagrams, by number.
///
/// Numbers count from 1 and never repeat within an epoch. Appending overwrites the oldest; who still needs those is
/// asked first through ``hasRoom(for:keeping:)``. Loop thread only; appending allocates only while the index grows to
/// its capacity.
struct TopicLog: ~Copyable {
    private(set) var ring: ByteRing
    /// The number of the oldest datagram still held; equal to `next` when there is none.
    private(set) var oldest: UInt64 = 1
    /// The number the next datagram will have.
    private(set) var next: UInt64 = 1
    /// The sequence of the last message that ends in a datagram numbered so far.
    private(set) var lastSequence: UInt64 = 0

    private var entries: [DatagramEntry] = []
    private let maximumEntries: Int
    /// Where the next datagram begins in the ring.
    private var end: UInt64 = 0

    /// - Parameter ringBytes: how many payload bytes it holds; one datagram is indexed per 256 of them, at least 4,096,
    ///   so very small payloads are held for a count rather than for their size.
    init(ringBytes: Int) throws(DatagramError) {
        ring = try ByteRing(capacity: ringBytes)
        maximumEntries = max(4_096, ring.capacity / 256).roundedUpToPowerOfTwo
    }

    /// Whether `space` more fits without overwriting datagram `needed` or a later one.
    func hasRoom(for space: LogSpace, keeping needed: UInt64) -> Bool {
        guard needed < next else { return space.bytes <= ring.capacity && space.datagrams <= maximumEntries }
        return next - needed + UInt64(space.datagrams) <= UInt64(maximumEntries)
            && end + UInt64(space.bytes) - self[needed].position <= UInt64(ring.capacity)
    }

    /// What ``oldest`` will be once `space` was made room for.
    func oldest(after space: LogSpace) -> UInt64 {
        let limit = UInt64(ring.capacity)
        var oldest = oldest
        while oldest < next,
            next - oldest + UInt64(space.datagrams) > UInt64(maximumEntries)
                || end + UInt64(space.bytes) - self[oldest].position > limit
        {
            oldest += 1
        }
        return oldest
    }

    // MARK: Appending

    /// Drops the oldest datagrams so that `space` may be written. There must be room for it.
    mutating func makeRoom(for space: LogSpace) {
        oldest = oldest(after: space)
    }

    /// Writes bytes of the next datagram, at `offset` in it, in the room that was made.
    mutating func write(_ bytes: RawSpan, at offset: Int) {
        ring.write(bytes, at: end + UInt64(offset))
    }

    /// Writes `count` zeros likewise.
    mutating func clear(_ count: Int, at offset: Int) {
        ring.clear(count, at: end + UInt64(offset))
    }

    /// Numbers the datagram that was written and returns its number.
    ///
    /// - Parameter entry: what is known of it; its position is set here.
    @discardableResult
    mutating func commit(_ entry: DatagramEntry) -> UInt64 {
        var entry = entry
        entry.position = end
        let slot = Int(next % UInt64(maximumEntries))
        if slot < entries.count { entries[slot] = entry } else { grow(toHold: slot, with: entry) }
        end += UInt64(entry.length)
        lastSequence = entry.lastSequence
        next += 1
        return next - 1
    }

    /// Writes other bytes into datagram `number`, which must be held, at `offset` in it.
    mutating func rewrite(_ bytes: RawSpan, of number: UInt64, at offset: Int) {
        let entry = self[number]
        precondition(offset + bytes.byteCount <= Int(entry.length))
        ring.write(bytes, at: entry.position + UInt64(offset))
    }

    // MARK: Reading

    /// Datagram `number`, which must be held.
    subscript(number: UInt64) -> DatagramEntry {
        precondition(number >= oldest && number < next)
        return entries[Int(number % UInt64(maximumEntries))]
    }

    /// Payload bytes of the datagrams from `number` on.
    func byteCount(from number: UInt64) -> Int {
        number < next ? Int(end - self[max(number, oldest)].position) : 0
    }

    /// The longest run from `first` that ends before `end` and whose further datagrams satisfy `include`.
    func run(
        from first: UInt64, before end: UInt64, limits: RunLimits, where include: (DatagramEntry) -> Bool
    ) -> Run {
        let head = self[first]
        let segment = Int(head.length)
        var run = Run(first: first, count: 1, position: head.position, byteCount: segment, segment: segment)
        // UDP_SEGMENT cannot cut nothing: an empty datagram goes alone.
        while segment > 0, run.count < limits.datagrams, run.end < end {
            let entry = self[run.end]
            let length = Int(entry.length)
            guard length > 0, length <= segment, run.byteCount + length <= limits.bytes, include(entry) else { break }
            run.count += 1
            run.byteCount += length
            if length < segment { break }
        }
        return run
    }

    private mutating func grow(toHold slot: Int, with entry: DatagramEntry) {
        entries.reserveCapacity(min(maximumEntries, (slot + 1).roundedUpToPowerOfTwo))
        while entries.count <= slot { entries.append(entry) }
    }
}

extension Int {
    /// The smallest power of two that is not below it, 1 for anything below 1.
    var roundedUpToPowerOfTwo: Int {
        self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}

/// What is to be appended: bytes, in so many datagrams.
struct LogSpace: Equatable {
    var bytes: Int
    var datagrams = 1
}
