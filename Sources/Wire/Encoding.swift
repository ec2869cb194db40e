/// What is written of an envelope in front of bytes that are copied as they are. Nothing here allocates.
extension EnvelopeHeader {
    /// Where the content of an envelope with a topic of so many bytes begins.
    package static func byteCount(topicBytes: Int) -> Int { fixedBytes + topicBytes }

    /// The header up to its topic, which follows; 36 bytes.
    ///
    /// - Parameters:
    ///   - topicBytes: 1…128, ``topicBytes``.
    ///   - contentBytes: at most 65,535.
    package func encoded(topicBytes: Int, contentBytes: Int) -> InlineArray<36, UInt8> {
        var bytes = InlineArray<36, UInt8>(repeating: 0)
        for index in 0..<3 { bytes[index] = Self.magic[index] }
        bytes[3] = Self.version
        bytes[4] = kind.rawValue
        bytes.store(UInt16(Self.byteCount(topicBytes: topicBytes)), at: 6)
        bytes.store(UInt16(contentBytes), at: 8)
        bytes[10] = UInt8(topicBytes)
        bytes.store(source, at: 12)
        bytes.store(UInt64(bitPattern: epoch), at: 16)
        bytes.store(number, at: 24)
        bytes.store(copyMilliseconds, at: Self.copyMillisecondsOffset)
        return bytes
    }

    /// Where ``copyMilliseconds`` stands in the header, and its four bytes there.
    package static let copyMillisecondsOffset = 32

    package static func encoded(copyMilliseconds: UInt32) -> InlineArray<4, UInt8> {
        var bytes = InlineArray<4, UInt8>(repeating: 0)
        bytes.store(copyMilliseconds, at: 0)
        return bytes
    }
}

extension MessageHead {
    /// A start record up to its part of the body, which follows; 48 bytes.
    ///
    /// - Parameter partBytes: how many bytes of the body follow.
    package func encodedStart(partBytes: Int) -> InlineArray<48, UInt8> {
        var bytes = InlineArray<48, UInt8>(repeating: 0)
        bytes.store(UInt16(Self.startBytes + partBytes), at: 0)
        bytes[2] = RecordKind.start.rawValue
        bytes.store(sequence, at: 4)
        bytes.store(UInt64(truncatingIfNeeded: id >> 64), at: 12)
        bytes.store(UInt64(truncatingIfNeeded: id), at: 20)
        bytes.store(UInt64(bitPattern: publishedAt), at: 28)
        bytes.store(ttlMilliseconds, at: 36)
        bytes.store(UInt32(bodyBytes), at: 40)
        bytes.store(UInt16(attributeBytes), at: 44)
        return bytes
    }

    /// A continuation record up to its part of the body, which follows; 16 bytes.
    ///
    /// - Parameter offset: where in the body the part belongs.
    package func encodedContinuation(offset: Int, partBytes: Int) -> InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        bytes.store(UInt16(Self.continuationBytes + partBytes), at: 0)
        bytes[2] = RecordKind.continuation.rawValue
        bytes.store(sequence, at: 4)
        bytes.store(UInt32(offset), at: 12)
        return bytes
    }
}

/// What a heartbeat says.
package struct Heartbeat: Hashable, Sendable {
    /// The first number that is meant for the subscriber.
    package var first: UInt64
    /// The number that the next datagram of messages will have; `first` at least.
    package var next: UInt64

    package init(first: UInt64, next: UInt64) {
        self.first = first
        self.next = next
    }

    /// The content; 16 bytes.
    package var encoded: InlineArray<16, UInt8> {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        bytes.store(first, at: 0)
        bytes.store(next, at: 8)
        return bytes
    }
}

enum RecordKind: UInt8 {
    case start = 1
    case continuation = 2
}

extension InlineArray where Element == UInt8 {
    /// Writes `value` big-endian.
    fileprivate mutating func store<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value, at offset: Int) {
        let width = Value.bitWidth / 8
        for index in 0..<width {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> Value((width - 1 - index) * 8))
        }
    }
}
