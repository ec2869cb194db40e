import Clocks
import Datagrams
import Endpoints
import Fuzzing
import Headcast
import Wire

@testable import FanOut

/// A script of messages, written to a log as a topic does, each of whose datagrams is read at once.
final class Run {
    private struct Written {
        var head: MessageHead
        var attributes: Attributes
        var payload: [UInt8]
        var numbers: Range<UInt64>
    }

    private var log: TopicLog
    private var writer: EnvelopeWriter
    private var reader: DatagramReader
    private let datagramBytes: Int
    private let now = Moment(instant: Instant(nanoseconds: 1), timestamp: Timestamp(nanoseconds: 1_000_000_000))
    private var written: [Written] = []
    private var messages: [Message] = []
    /// The datagrams in which each message has a part, by sequence.
    private var numbers: [UInt64: [UInt64]] = [:]
    private var read: UInt64 = 1

    init(_ input: inout Input) throws {
        let topic = String(repeating: "t", count: input.number(1...128))
        datagramBytes = input.number(512...2_000)
        log = try TopicLog(ringBytes: 1 << 18)
        writer = EnvelopeWriter(topic: topic, source: 7, epoch: 1, datagramBytes: datagramBytes)
        var options = Subscription.Options()
        options.isOrdered = input.flag()
        reader = DatagramReader(options)
    }

    func step(_ input: inout Input) {
        let kind = input.byte()
        switch kind % 4 {
        case 0: close(padded: kind & 4 != 0)
        case 1: append(payloadBytes: input.number(0...20_000), &input)
        default: append(payloadBytes: input.number(0...255), &input)
        }
        readAll()
    }

    func finish() {
        close(padded: false)
        readAll()
        expect(messages.count == written.count, "all messages are read: \(messages.count) of \(written.count)")
        for (message, wanted) in zip(messages, written) {
            expect(message.sequence == wanted.head.sequence && message.id.bits == wanted.head.id, "in order")
            expect(message.payload.elementsEqual(wanted.payload), "with the payload that was given")
            expect(message.attributes == Message.Attributes(wanted.attributes), "with the attributes that were given")
            let life = message.expiresAt.map { $0.milliseconds - wanted.head.publishedAt } ?? 0
            expect(life == Int64(wanted.head.ttlMilliseconds), "with the time to live that was given")
            expect(numbers[message.sequence] == Array(wanted.numbers), "in the datagrams that were said")
        }
        let counters = reader.counters
        expect(counters.gaps == 0 && counters.malformedMessages == 0, "without gaps and faults: \(counters)")
        expect(counters.malformedDatagrams.isEmpty && counters.duplicateDatagrams == 0, "likewise: \(counters)")
    }

    // MARK: Writing

    private func append(payloadBytes: Int, _ input: inout Input) {
        let flags = input.byte()
        var attributes = Attributes()
        for index in 0..<Int(flags & 3) {
            let isAdded = attributes.add("a\(index)", String(repeating: "v", count: input.number(0...600)))
            expect(isAdded, "an attribute is added")
        }
        let encoded = attributes.encoded
        let sequence = UInt64(written.count + 1)
        let payload = (0..<payloadBytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ written.count) }
        let head = MessageHead(
            sequence: sequence, id: UInt128(sequence) << 64 | 5, publishedAt: 1,
            ttlMilliseconds: flags & 4 == 0 ? 0 : 60_000, bodyBytes: encoded.count + payloadBytes,
            attributeBytes: encoded.count)
        let space = writer.space(forBody: head.bodyBytes)
        expect(log.hasRoom(for: space, keeping: log.next), "the log is large enough")
        log.makeRoom(for: space)
        let first = log.next
        let sending = Sending(
            copies: 1 + Int(flags >> 3 & 1), spacing: .milliseconds(Int64(flags >> 4 & 1)), position: sequence,
            publishedAt: now.instant)
        let numbers = writer.append(
            head, attributes: encoded.span.bytes, payload: payload.span.bytes, sending, to: &log)
        expect(writer.open != nil && log.next - first < space.datagrams, "no more datagrams than room was made for")
        expect(log.byteCount(from: first) + datagramBytes <= space.bytes, "no more bytes likewise")
        written.append(Written(head: head, attributes: attributes, payload: payload, numbers: numbers))
    }

    private func close(padded: Bool) {
        writer.close(padded: padded, in: &log)
    }

    // MARK: Reading

    private func readAll() {
        while read < log.next {
            let entry = log[read]
            let bytes = log.ring.withBytes(at: entry.position, count: Int(entry.length)) { bytes in
                bytes.withUnsafeBytes { Array($0) }
            }
            check(bytes, entry)
            var events: [Subscription.Event] = []
            reader.read(bytes.span.bytes, from: Endpoint(address: .loopback, port: 9), at: now, to: &events)
            for event in events {
                guard case .message(let message) = event else { fatalError("does not hold: messages only: \(event)") }
                messages.append(message)
            }
            read += 1
        }
    }

    private func check(_ bytes: [UInt8], _ entry: DatagramEntry) {
        guard let envelope = try? Envelope(bytes.span.bytes) else { fatalError("does not hold: it decodes") }
        expect(bytes.count <= datagramBytes, "no datagram is too long")
        expect(envelope.header.number == read, "the number of its place")
        expect(bytes[envelope.content.upperBound...].allSatisfy { $0 == 0 }, "padded with zeros")
        var first: UInt64?
        envelope.forEachRecord(in: bytes.span.bytes) { record in
            let sequence =
                switch record {
                case .start(let head, _): head.sequence
                case .continuation(let sequence, _, _): sequence
                }
            numbers[sequence, default: []].append(read)
            first = first ?? sequence
        }
        guard let first else { fatalError("does not hold: it holds something") }
        expect(numbers[first]?.first == entry.begins, "a subscriber can join where its first message begins")
        expect(numbers.keys.max().map { $0 >= entry.lastSequence } ?? false, "the last message that ends in it")
    }
}
