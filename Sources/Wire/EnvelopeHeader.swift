/// What stands in front of every enveloped datagram (wire-format.md, "Header").
package struct EnvelopeHeader: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        case messages = 1
        case heartbeat = 2
        case confirmation = 3
        case probe = 4
    }

    package var kind: Kind
    /// Which gateway process: random, chosen at its start.
    package var source: UInt32
    /// Which run of the topic's log, by the milliseconds since 1970 when it began; never negative.
    package var epoch: Int64
    /// Which datagram of the epoch, from 1; 0 in kinds other than messages.
    package var number: UInt64
    /// After so long no copy of a datagram with a lower number comes any more.
    package var copyMilliseconds: UInt32

    package init(kind: Kind, source: UInt32, epoch: Int64, number: UInt64, copyMilliseconds: UInt32 = 0) {
        self.kind = kind
        self.source = source
        self.epoch = epoch
        self.number = number
        self.copyMilliseconds = copyMilliseconds
    }

    /// What an enveloped datagram begins with; no text does.
    static let magic: InlineArray<3, UInt8> = [0xF5, 0x48, 0x43]
    static let version: UInt8 = 1
    /// Without the topic and what follows it.
    static let fixedBytes = 36

    package static let topicBytes = 1...128
}

/// A message in an envelope: what is known of it besides its body.
package struct MessageHead: Hashable, Sendable {
    /// Which message of the topic and epoch, from 1.
    package var sequence: UInt64
    /// A UUID.
    package var id: UInt128
    /// Milliseconds since 1970; never negative.
    package var publishedAt: Int64
    /// Milliseconds after which it is of no use; 0: always of use.
    package var ttlMilliseconds: UInt32
    /// Attributes and payload together.
    package var bodyBytes: Int
    /// The first of them.
    package var attributeBytes: Int

    package init(
        sequence: UInt64, id: UInt128, publishedAt: Int64, ttlMilliseconds: UInt32 = 0, bodyBytes: Int,
        attributeBytes: Int = 0
    ) {
        self.sequence = sequence
        self.id = id
        self.publishedAt = publishedAt
        self.ttlMilliseconds = ttlMilliseconds
        self.bodyBytes = bodyBytes
        self.attributeBytes = attributeBytes
    }

    /// A start without bytes of the body, and a continuation likewise.
    package static let startBytes = 48
    package static let continuationBytes = 16
    /// 16 MiB of payload and 64 KiB of attributes.
    package static let maximumBodyBytes = 16_842_752
    package static let maximumAttributeBytes = 65_535
}
