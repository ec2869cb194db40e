import Clocks

/// A datagram at the end of the log that takes further messages and has no number yet.
struct OpenDatagram {
    /// What the log will know of it; its length so far, the header's included.
    private(set) var entry: DatagramEntry
    /// Whether a part of a divided message stands in it.
    var holdsDivided = false

    /// - Parameters:
    ///   - length: bytes of the header, which is written last.
    ///   - begins: the datagram in which its first message begins.
    ///   - ended: the sequence of the last message that ended before it.
    init(length: Int, begins: UInt64, ended: UInt64, _ sending: Sending) {
        entry = DatagramEntry(
            position: 0, length: UInt32(length), ended: 0, lastSequence: ended, begins: begins,
            copies: UInt8(sending.copies), publishedAt: sending.publishedAt, spacing: sending.spacing, message: 0)
    }

    /// The datagram in which its first message begins.
    var begins: UInt64 { entry.begins }
    /// Bytes so far.
    var length: Int { Int(entry.length) }

    /// Whether a message may share it: all of a datagram is sent equally often.
    func accepts(_ sending: Sending) -> Bool {
        Int(entry.copies) == sending.copies && (sending.copies == 1 || entry.spacing == sending.spacing)
    }

    mutating func write(_ bytes: RawSpan, to log: inout TopicLog) {
        log.write(bytes, at: length)
        entry.length += UInt32(bytes.byteCount)
    }

    /// Writes the bytes `part` of a body that begins with `attributes` and goes on with `payload`.
    mutating func write(_ part: Range<Int>, _ attributes: RawSpan, _ payload: RawSpan, to log: inout TopicLog) {
        let count = attributes.byteCount
        let first = part.clamped(to: 0..<count)
        if !first.isEmpty { write(attributes.extracting(first), to: &log) }
        let rest = max(part.lowerBound, count) - count..<max(part.upperBound, count) - count
        if !rest.isEmpty { write(payload.extracting(rest), to: &log) }
    }

    /// Notes that message `sequence` is whole with what was written last.
    mutating func end(_ sequence: UInt64, _ sending: Sending) {
        entry.ended += 1
        entry.lastSequence = sequence
        entry.message = sending.position
        entry.publishedAt = sending.publishedAt
    }
}
