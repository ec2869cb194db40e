/// One enveloped datagram, taken apart (wire-format.md).
///
/// Made from bytes that anybody may have sent: everything is checked before anything is believed, nothing is read beyond
/// the datagram, and memory is not taken. What it holds are offsets into the datagram, so that the bytes stay where they
/// are; they must be lent again, unchanged, to read further.
package struct Envelope: Hashable, Sendable {
    package let header: EnvelopeHeader
    /// Where the topic stands.
    package let topic: Range<Int>
    /// Where the content stands.
    package let content: Range<Int>

    package init(_ bytes: RawSpan) throws(EnvelopeFault) {
        guard Self.isEnveloped(bytes) else { throw .notEnveloped }
        guard bytes.byteCount > 3 else { throw .malformed("shorter than a header") }
        let version = bytes.uint8(at: 3)
        guard version == EnvelopeHeader.version else { throw .unknownVersion(version) }
        guard bytes.byteCount >= EnvelopeHeader.fixedBytes else { throw .malformed("shorter than a header") }
        guard bytes.uint8(at: 5) & 0xF0 == 0 else { throw .notUnderstood }
        guard let kind = EnvelopeHeader.Kind(rawValue: bytes.uint8(at: 4)) else {
            throw .unknownKind(bytes.uint8(at: 4))
        }
        header = EnvelopeHeader(
            kind: kind, source: bytes.uint32(at: 12), epoch: Int64(bitPattern: bytes.uint64(at: 16)),
            number: bytes.uint64(at: 24), copyMilliseconds: bytes.uint32(at: 32))
        guard header.epoch >= 0 else { throw .malformed("negative epoch") }
        guard header.number > 0 || kind != .messages else { throw .malformed("number 0") }
        let topicEnd = EnvelopeHeader.fixedBytes + Int(bytes.uint8(at: 10))
        let start = Int(bytes.uint16(at: 6))
        let end = start + Int(bytes.uint16(at: 8))
        guard topicEnd <= start, end <= bytes.byteCount else { throw .malformed("lengths that do not fit") }
        topic = EnvelopeHeader.fixedBytes..<topicEnd
        content = start..<end
        guard EnvelopeHeader.topicBytes.contains(topic.count), topic.allSatisfy({ bytes.uint8(at: $0).isOfTopic })
        else { throw .malformed("topic") }
        try Self.checkFields(bytes, in: topicEnd..<start)
        switch kind {
        case .messages: try checkRecords(bytes)
        case .heartbeat: try checkHeartbeat(bytes)
        case .confirmation, .probe: break
        }
    }

    /// Whether a datagram begins like an envelope, of whatever version.
    package static func isEnveloped(_ bytes: RawSpan) -> Bool {
        let magic = EnvelopeHeader.magic
        return bytes.byteCount >= magic.count && bytes.uint8(at: 0) == magic[0] && bytes.uint8(at: 1) == magic[1]
            && bytes.uint8(at: 2) == magic[2]
    }

    /// One part of a message; its bytes stand at `part` in the datagram.
    package enum Record: Hashable, Sendable {
        case start(MessageHead, part: Range<Int>)
        case continuation(sequence: UInt64, offset: Int, part: Range<Int>)
    }

    /// The records of a datagram of messages, in order; `bytes` as they were. Datagrams of other kinds have none.
    @inline(__always)
    package func forEachRecord(in bytes: RawSpan, _ body: (Record) -> Void) {
        guard header.kind == .messages else { return }
        var position = content.lowerBound
        while position < content.upperBound {
            let end = position + Int(bytes.uint16(at: position))
            if let record = Self.record(bytes, in: position..<end) { body(record) }
            position = end
        }
    }

    /// What a heartbeat says; nil in a datagram of another kind.
    package func heartbeat(in bytes: RawSpan) -> Heartbeat? {
        guard header.kind == .heartbeat else { return nil }
        return Heartbeat(first: bytes.uint64(at: content.lowerBound), next: bytes.uint64(at: content.lowerBound + 8))
    }

    // MARK: Checking

    private static func checkFields(_ bytes: RawSpan, in range: Range<Int>) throws(EnvelopeFault) {
        var position = range.lowerBound
        while position < range.upperBound {
            guard range.upperBound - position >= 2 else { throw .malformed("field without a length") }
            guard bytes.uint8(at: position) < 128 else { throw .notUnderstood }
            position += 2 + Int(bytes.uint8(at: position + 1))
            guard position <= range.upperBound else { throw .malformed("field beyond the header") }
        }
    }

    private func checkHeartbeat(_ bytes: RawSpan) throws(EnvelopeFault) {
        guard content.count >= 16 else { throw .malformed("heartbeat of \(content.count) bytes") }
        guard let heartbeat = heartbeat(in: bytes), heartbeat.first > 0, heartbeat.next >= heartbeat.first else {
            throw .malformed("heartbeat that goes back")
        }
    }

    private func checkRecords(_ bytes: RawSpan) throws(EnvelopeFault) {
        var position = content.lowerBound
        while position < content.upperBound {
            let rest = content.upperBound - position
            guard rest >= 4 else { throw .malformed("record without a length") }
            let count = Int(bytes.uint16(at: position))
            guard count >= 4, count <= rest else { throw .malformed("record beyond the content") }
            let range = position..<position + count
            switch RecordKind(rawValue: bytes.uint8(at: position + 2)) {
            case .start: try Self.checkStart(bytes, in: range)
            case .continuation: try Self.checkContinuation(bytes, in: range)
            case nil: break
            }
            position = range.upperBound
        }
    }

    private static func checkStart(_ bytes: RawSpan, in range: Range<Int>) throws(EnvelopeFault) {
        guard range.count >= MessageHead.startBytes else { throw .malformed("start of \(range.count) bytes") }
        let start = range.lowerBound
        guard bytes.uint64(at: start + 4) > 0 else { throw .malformed("sequence 0") }
        guard bytes.uint8(at: start + 28) < 128 else { throw .malformed("negative publishedAt") }
        let bodyBytes = Int(bytes.uint32(at: start + 40))
        guard bodyBytes <= MessageHead.maximumBodyBytes, Int(bytes.uint16(at: start + 44)) <= bodyBytes,
            range.count - MessageHead.startBytes <= bodyBytes
        else { throw .malformed("body of \(bodyBytes) bytes") }
    }

    private static func checkContinuation(_ bytes: RawSpan, in range: Range<Int>) throws(EnvelopeFault) {
        guard range.count > MessageHead.continuationBytes else {
            throw .malformed("continuation of \(range.count) bytes")
        }
        guard case .continuation(let sequence, let offset, let part) = record(bytes, in: range) else { return }
        guard sequence > 0 else { throw .malformed("sequence 0") }
        guard offset > 0, offset + part.count <= MessageHead.maximumBodyBytes else {
            throw .malformed("continuation at \(offset)")
        }
    }

    /// The record at `range`, whose fixed part must be there; nil for a kind that is not known.
    @inline(__always)
    private static func record(_ bytes: RawSpan, in range: Range<Int>) -> Record? {
        let start = range.lowerBound
        guard let kind = RecordKind(rawValue: bytes.uint8(at: start + 2)) else { return nil }
        let sequence = bytes.uint64(at: start + 4)
        switch kind {
        case .start:
            let head = MessageHead(
                sequence: sequence,
                id: UInt128(bytes.uint64(at: start + 12)) << 64 | UInt128(bytes.uint64(at: start + 20)),
                publishedAt: Int64(bitPattern: bytes.uint64(at: start + 28)),
                ttlMilliseconds: bytes.uint32(at: start + 36), bodyBytes: Int(bytes.uint32(at: start + 40)),
                attributeBytes: Int(bytes.uint16(at: start + 44)))
            return .start(head, part: start + MessageHead.startBytes..<range.upperBound)
        case .continuation:
            return .continuation(
                sequence: sequence, offset: Int(bytes.uint32(at: start + 12)),
                part: start + MessageHead.continuationBytes..<range.upperBound)
        }
    }
}

extension UInt8 {
    /// Whether a topic may hold this byte.
    fileprivate var isOfTopic: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
