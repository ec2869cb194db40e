import Wire

@testable import Headcast

/// One gateway's log of a topic that the script of a fuzzer writes, and what its reader made of it.
final class Stream {
    let name: Message.Stream
    /// The number that the next datagram is expected to have.
    var next: UInt64 = 1_000
    /// Divided messages: sequence, bytes of the body, and how many of them were sent.
    var divided: [(sequence: UInt64, bodyBytes: Int, sent: Int)] = []

    /// The first number that was read.
    var beginning: UInt64?
    /// Numbers that were read, and those of them that were read after they were given up.
    var read: Set<UInt64> = []
    var late: Set<UInt64> = []
    var gaps: [ClosedRange<UInt64>] = []
    /// The highest number whose messages were handed over, or which was told to be lost.
    var turn: UInt64 = 0

    init(_ name: Message.Stream) {
        self.name = name
    }

    func envelope(
        _ kind: EnvelopeHeader.Kind, number: UInt64, copyMilliseconds: UInt32, content: [UInt8]
    ) -> [UInt8] {
        let header = EnvelopeHeader(
            kind: kind, source: name.source, epoch: name.epoch, number: number, copyMilliseconds: copyMilliseconds)
        let topic = Array(name.topic.utf8)
        return bytesOf(header.encoded(topicBytes: topic.count, contentBytes: content.count)) + topic + content
    }

    /// The sequence of a message that begins in datagram `number`: up to four do.
    static func sequence(_ number: UInt64, _ index: Int) -> UInt64 { max(1, number &* 4 &+ UInt64(index)) }

    /// The datagram in which a message begins, where that can be told.
    static func number(_ sequence: UInt64) -> UInt64 { sequence / 4 }

    /// So many bytes of the body of a message, from `offset` on; attributes are its first ones.
    static func body(_ sequence: UInt64, _ range: Range<Int>) -> [UInt8] {
        let attributes = attributes(of: sequence)
        let seed = Int(sequence & 0xFFFF) * 31
        return range.map { $0 < attributes.count ? attributes[$0] : UInt8(truncatingIfNeeded: seed + $0) }
    }

    static func attributes(of sequence: UInt64) -> [UInt8] { sequence % 3 == 0 ? [1, 0x61, 0, 1, 0x62] : [] }
}

func bytesOf<let count: Int>(_ array: InlineArray<count, UInt8>) -> [UInt8] { array.indices.map { array[$0] } }
