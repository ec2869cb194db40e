import Clocks
import Endpoints
import Wire

@testable import Headcast

/// A gateway's log of one topic, as far as a receiver sees it: puts datagrams together.
struct Script {
    var topic = "orders"
    var source: UInt32 = 7
    var epoch: Int64 = 1_795_400_000_000
    var copyMilliseconds: UInt32 = 0

    /// A message, its id made of its sequence unless given.
    struct Part {
        var head: MessageHead
        var body: [UInt8]

        init(
            _ sequence: UInt64, _ payload: [UInt8] = [1], id: UInt128? = nil, publishedAt: Int64 = 1_000,
            ttl: UInt32 = 0, attributes: [UInt8] = []
        ) {
            body = attributes + payload
            head = MessageHead(
                sequence: sequence, id: id ?? UInt128(sequence), publishedAt: publishedAt, ttlMilliseconds: ttl,
                bodyBytes: body.count, attributeBytes: attributes.count)
        }
    }

    enum Record {
        case whole(Part)
        /// The first so many bytes of the body.
        case start(Part, Int)
        /// These bytes of the body, at their place unless another is given.
        case rest(Part, Range<Int>, at: Int? = nil)
    }

    /// Datagram `number` with these records.
    func datagram(_ number: UInt64, _ records: Record...) -> [UInt8] { datagram(number, records) }

    func datagram(_ number: UInt64, _ records: [Record]) -> [UInt8] {
        envelope(.messages, number: number, content: records.flatMap(bytes))
    }

    /// Datagram `number` with the message of that sequence.
    func plain(_ number: UInt64) -> [UInt8] { datagram(number, .whole(Part(number))) }

    func heartbeat(first: UInt64, next: UInt64) -> [UInt8] {
        let encoded = Heartbeat(first: first, next: next).encoded
        return envelope(.heartbeat, number: 0, content: encoded.indices.map { encoded[$0] })
    }

    /// A message over many datagrams from `number` on, `part` bytes in each.
    func split(_ message: Part, from number: UInt64, part: Int) -> [[UInt8]] {
        stride(from: 0, to: message.body.count, by: part).enumerated().map { index, offset in
            let end = min(offset + part, message.body.count)
            return datagram(
                number + UInt64(index), offset == 0 ? .start(message, end) : .rest(message, offset..<end))
        }
    }

    func envelope(_ kind: EnvelopeHeader.Kind, number: UInt64, content: [UInt8]) -> [UInt8] {
        let header = EnvelopeHeader(
            kind: kind, source: source, epoch: epoch, number: number, copyMilliseconds: copyMilliseconds)
        let encoded = header.encoded(topicBytes: topic.utf8.count, contentBytes: content.count)
        return encoded.indices.map { encoded[$0] } + Array(topic.utf8) + content
    }

    private func bytes(of record: Record) -> [UInt8] {
        switch record {
        case .whole(let part): return bytes(of: .start(part, part.body.count))
        case .start(let part, let count):
            let encoded = part.head.encodedStart(partBytes: count)
            return encoded.indices.map { encoded[$0] } + part.body.prefix(count)
        case .rest(let part, let range, let offset):
            let encoded = part.head.encodedContinuation(
                offset: offset ?? range.lowerBound, partBytes: range.count)
            return encoded.indices.map { encoded[$0] } + part.body[range]
        }
    }
}
