import Clocks
import Wire

/// Puts messages into enveloped datagrams at the end of a log.
///
/// Messages share the datagram that is open until one does not fit any more: then it is padded to the length of those
/// before it, where two can share a send, and numbered, so that a busy log is made of equal lengths. Whoever sends closes
/// the last one, without padding. A message that fits one datagram is never divided; a larger one begins in a datagram that
/// holds no part of another divided one, so that there is always a datagram at which a subscriber can join. Allocates
/// nothing.
package struct EnvelopeWriter {
    /// The most bytes of a datagram.
    let datagramBytes: Int
    /// Whether equal lengths can share a send; bytes of padding buy nothing where they cannot.
    private let pads: Bool
    private var padding: Padding
    private let topic: [UInt8]
    private let source: UInt32
    private let epoch: Int64
    private(set) var open: OpenDatagram?
    /// The last message that was appended whole.
    private var ended: UInt64 = 0

    /// The least of a divided message that is worth beginning in what another one left.
    private static let leastPart = 64

    /// - Parameter limits: of the runs that the datagrams leave in.
    init(
        topic: String, source: UInt32, epoch: Int64, datagramBytes: Int, pads: Bool = true,
        limits: RunLimits = RunLimits()
    ) {
        self.topic = Array(topic.utf8)
        self.source = source
        self.epoch = epoch
        self.datagramBytes = datagramBytes
        self.pads = pads
        padding = Padding(limits)
    }

    private var headerBytes: Int { EnvelopeHeader.byteCount(topicBytes: topic.count) }
    /// Bytes of a datagram that records can have.
    private var contentBytes: Int { datagramBytes - headerBytes }

    /// The most that a log grows by until a message with a payload of so many bytes is numbered, whatever its
    /// attributes are.
    package static func ringBytes(forPayload payloadBytes: Int, topic: String, datagramBytes: Int) -> Int {
        EnvelopeWriter(topic: topic, source: 0, epoch: 0, datagramBytes: datagramBytes)
            .space(forBody: payloadBytes + MessageHead.maximumAttributeBytes).bytes
    }

    /// The most that the log grows by until a message with a body of so many bytes is numbered, the open datagram
    /// included.
    func space(forBody bodyBytes: Int) -> LogSpace {
        var datagrams = 2
        if bodyBytes > contentBytes - MessageHead.startBytes {
            // It may begin in what is left of the open datagram, with less than a fresh one has room for.
            let part = contentBytes - MessageHead.continuationBytes
            datagrams += (bodyBytes + part - 1) / part
        }
        return LogSpace(bytes: datagrams * datagramBytes, datagrams: datagrams)
    }

    /// Appends a message, for which room has been made, and returns the numbers of its datagrams.
    ///
    /// Those that are full are numbered at once; the last stays open and will have the next number.
    ///
    /// - Parameters:
    ///   - attributes: the body's first bytes, encoded.
    ///   - payload: the rest of it.
    mutating func append(
        _ head: MessageHead, attributes: RawSpan, payload: RawSpan, _ sending: Sending, to log: inout TopicLog
    ) -> Range<UInt64> {
        let whole = MessageHead.startBytes + head.bodyBytes
        if let open, !open.accepts(sending) || !hasRoom(for: whole, in: open) {
            close(padded: true, in: &log)
        }
        let first = log.next
        var datagram = open ?? OpenDatagram(length: headerBytes, begins: first, ended: ended, sending)
        var part = 0..<min(head.bodyBytes, datagramBytes - datagram.length - MessageHead.startBytes)
        datagram.write(head.encodedStart(partBytes: part.count).span.bytes, to: &log)
        datagram.write(part, attributes, payload, to: &log)
        while part.upperBound < head.bodyBytes {
            datagram.holdsDivided = true
            open = datagram
            close(padded: true, in: &log)
            datagram = OpenDatagram(length: headerBytes, begins: first, ended: ended, sending)
            datagram.holdsDivided = true
            let rest = head.bodyBytes - part.upperBound
            part = part.upperBound..<part.upperBound + min(rest, contentBytes - MessageHead.continuationBytes)
            let record = head.encodedContinuation(offset: part.lowerBound, partBytes: part.count)
            datagram.write(record.span.bytes, to: &log)
            datagram.write(part, attributes, payload, to: &log)
        }
        datagram.end(head.sequence, sending)
        ended = head.sequence
        open = datagram
        return first..<log.next + 1
    }

    private func hasRoom(for whole: Int, in open: OpenDatagram) -> Bool {
        let rest = datagramBytes - open.length
        if whole <= contentBytes { return whole <= rest }
        return !open.holdsDivided && rest >= MessageHead.startBytes + Self.leastPart
    }

    /// Numbers the open datagram, if there is one; room for it at its full size was made.
    ///
    /// It says that no copies are to come until ``tell(copyMilliseconds:in:of:)`` is told otherwise.
    mutating func close(padded: Bool, in log: inout TopicLog) {
        guard let open else { return }
        let header = EnvelopeHeader(kind: .messages, source: source, epoch: epoch, number: log.next)
        let encoded = header.encoded(topicBytes: topic.count, contentBytes: open.length - headerBytes)
        log.write(encoded.span.bytes, at: 0)
        log.write(topic.span.bytes, at: encoded.count)
        var entry = open.entry
        if !padded {
            padding.endRound()
        } else if pads {
            let length = padding.length(for: open.length)
            log.clear(length - open.length, at: open.length)
            entry.length = UInt32(length)
        }
        log.commit(entry)
        self.open = nil
    }

    /// Writes into datagram `number` after how long no copy of a lower one comes any more.
    static func tell(copyMilliseconds: UInt32, in number: UInt64, of log: inout TopicLog) {
        log.rewrite(
            EnvelopeHeader.encoded(copyMilliseconds: copyMilliseconds).span.bytes, of: number,
            at: EnvelopeHeader.copyMillisecondsOffset)
    }

    /// A heartbeat of this stream.
    func datagram(_ heartbeat: Heartbeat, copyMilliseconds: UInt32) -> [UInt8] {
        let header = EnvelopeHeader(
            kind: .heartbeat, source: source, epoch: epoch, number: 0, copyMilliseconds: copyMilliseconds)
        let content = heartbeat.encoded
        let encoded = header.encoded(topicBytes: topic.count, contentBytes: content.count)
        return encoded.indices.map { encoded[$0] } + topic + content.indices.map { content[$0] }
    }
}

/// How a message in a datagram is sent.
struct Sending {
    var copies: Int
    var spacing: Duration
    /// The message's position in the ledger.
    var position: UInt64
    var publishedAt: Instant

    /// From the first copy to the last.
    var duration: Duration { copies > 1 ? spacing * (copies - 1) : .zero }
}
