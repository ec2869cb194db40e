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

    private var entries: [DatagramEntry] = []
    private let maximumEntries: Int
    private var end: UInt64 = 0

    /// - Parameter ringBytes: how many payload bytes it holds; one datagram is indexed per 256 of them, at least 4,096,
    ///   so very small payloads are held for a count rather than for their size.
    init(ringBytes: Int) throws(DatagramError) {
        ring = try ByteRing(capacity: ringBytes)
        maximumEntries = max(4_096, ring.capacity / 256).roundedUpToPowerOfTwo
    }

    /// Whether `byteCount` more bytes fit without overwriting datagram `needed` or a later one.
    func hasRoom(for byteCount: Int, keeping needed: UInt64) -> Bool {
        guard needed < next else { return byteCount <= ring.capacity }
        let start = self[needed].position
        return next - needed < UInt64(maximumEntries) && end + UInt64(byteCount) - start <= UInt64(ring.capacity)
    }

    /// What ``oldest`` will be once `byteCount` more bytes were appended.
    func oldest(after byteCount: Int) -> UInt64 {
        let limit = UInt64(ring.capacity)
        var oldest = oldest
        while oldest < next,
            next - oldest >= UInt64(maximumEntries) || end + UInt64(byteCount) - self[oldest].position > limit
        {
            oldest += 1
        }
        return oldest
    }

    /// Appends one datagram and returns its number. There must be room for it.
    mutating func append(
        _ bytes: RawSpan, copies: Int, spacing: Duration, message: UInt64, at now: Instant
    ) -> UInt64 {
        oldest = oldest(after: bytes.byteCount)
        let entry = DatagramEntry(
            position: end, length: UInt32(bytes.byteCount), ended: 1, copies: UInt8(copies), publishedAt: now,
            spacing: spacing, message: message)
        let slot = Int(next % UInt64(maximumEntries))
        if slot < entries.count { entries[slot] = entry } else { grow(toHold: slot, with: entry) }
        ring.write(bytes, at: end)
        end += UInt64(bytes.byteCount)
        next += 1
        return next - 1
    }

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
