import Clocks
import Endpoints
import Fuzzing
import Wire

@testable import Headcast

/// A script of datagrams and times, read by a ``DatagramReader`` whose every step is held against what it promises.
final class Run {
    private var reader: DatagramReader
    private let audit: Audit
    private var now = 10_000
    private var copyMilliseconds: UInt32 = 0
    private var streams: [Stream] = []
    private var stream: Stream
    private var sent: [(bytes: [UInt8], stream: Stream, number: UInt64)] = []

    init(_ input: inout Input) {
        let flags = input.byte()
        var options = Subscription.Options()
        options.isOrdered = flags & 1 != 0
        options.reportsDuplicates = flags & 2 != 0
        if flags & 4 != 0 { options.formats.insert(.raw) }
        if flags & 64 != 0 { options.formats.insert(.cloudEvents) }
        options.heldBytes = flags & 8 != 0 ? 5_000 : 1 << 20
        options.rememberedStreams = flags & 16 != 0 ? 2 : 64
        options.rememberedIDs = flags & 32 != 0 ? 4 : 65_536
        reader = DatagramReader(options)
        audit = Audit(options)
        stream = Stream(Message.Stream(topic: "t", source: 0, epoch: 1))
        streams = [stream]
    }

    func step(_ input: inout Input) {
        switch input.byte() % 12 {
        case 0: send(&input, records: 1)
        case 1: send(&input, records: input.number(0...3))
        case 2: begin(&input)
        case 3: goOn(&input)
        case 4: beat(&input)
        case 5: wait(input.number(0...20_000))
        case 6: waitForDeadline()
        case 7: repeatOne(&input, isChanged: false)
        case 8: repeatOne(&input, isChanged: true)
        case 9: choose(&input)
        case 10: stream.next = [2, 1 << 20, .max - 4, stream.next &+ UInt64(input.byte())][input.number(0...3)]
        default: forge(&input)
        }
    }

    /// Lets all deadlines pass: nothing is waited for any more then.
    func finish() {
        wait(100 * 86_400_000)
        expect(reader.nextDeadline == nil, "nothing is waited for")
        expect(reader.heldBytes == 0 && reader.reassembly.count == 0 && reader.reassembly.bytes == 0, "nothing is kept")
        audit.finish(streams, reader.counters)
    }

    // MARK: Datagrams

    private func number(_ input: inout Input) -> UInt64 {
        let offset = Int64(Int8(bitPattern: input.byte()))
        let number = offset < 0 ? stream.next - min(stream.next - 1, UInt64(-offset)) : stream.next &+ UInt64(offset)
        return max(1, number)
    }

    private func send(_ input: inout Input, records: Int) {
        let number = number(&input)
        let flags = input.byte()
        var content: [UInt8] = []
        for index in 0..<records {
            let sequence = Stream.sequence(number, index)
            let bodyBytes = Stream.attributes(of: sequence).count + Int(flags >> 4)
            content += start(sequence, bodyBytes: bodyBytes, part: bodyBytes, flags)
        }
        send(number, content)
    }

    private func begin(_ input: inout Input) {
        let number = number(&input)
        let flags = input.byte()
        let sequence = Stream.sequence(number, 3)
        let bodyBytes = Stream.attributes(of: sequence).count + input.number(1...2_000)
        let part = min(bodyBytes, input.number(0...255))
        stream.divided.append((sequence, bodyBytes, part))
        send(number, start(sequence, bodyBytes: bodyBytes, part: part, flags))
    }

    private func goOn(_ input: inout Input) {
        let number = number(&input)
        guard !stream.divided.isEmpty else { return }
        let index = stream.divided.count - 1 - input.number(0...3) % stream.divided.count
        let (sequence, bodyBytes, sent) = stream.divided[index]
        let flags = input.byte()
        let offset = max(1, flags & 1 == 0 ? sent : input.number(1...2_000))
        let part = max(1, flags & 2 == 0 ? bodyBytes - offset : input.number(1...255))
        stream.divided[index].sent = offset + part
        let head = MessageHead(sequence: sequence, id: 0, publishedAt: 0, bodyBytes: 0)
        let record = head.encodedContinuation(offset: offset, partBytes: part)
        send(number, bytesOf(record) + Stream.body(sequence, offset..<offset + part))
    }

    private func start(_ sequence: UInt64, bodyBytes: Int, part: Int, _ flags: UInt8) -> [UInt8] {
        let id = UInt128(sequence) | (flags & 1 == 0 ? UInt128(stream.name.source + 1) << 96 : 0)
        let head = MessageHead(
            sequence: sequence, id: id, publishedAt: Int64(now) - Int64(flags & 2) * 500,
            ttlMilliseconds: flags & 4 == 0 ? 0 : 900, bodyBytes: bodyBytes,
            attributeBytes: Stream.attributes(of: sequence).count)
        guard bodyBytes >= head.attributeBytes else { return [] }
        return bytesOf(head.encodedStart(partBytes: part)) + Stream.body(sequence, 0..<part)
    }

    private func send(_ number: UInt64, _ content: [UInt8]) {
        stream.next = max(stream.next, number == .max ? number : number + 1)
        let bytes = stream.envelope(.messages, number: number, copyMilliseconds: copyMilliseconds, content: content)
        sent.append((bytes, stream, number))
        read(bytes, stream, number: number)
    }

    private func beat(_ input: inout Input) {
        let next = max(1, number(&input))
        let heartbeat = Heartbeat(first: next - min(next - 1, UInt64(input.byte())), next: next)
        stream.next = max(stream.next, next)
        let content = bytesOf(heartbeat.encoded)
        read(stream.envelope(.heartbeat, number: 0, copyMilliseconds: copyMilliseconds, content: content), stream)
    }

    private func repeatOne(_ input: inout Input, isChanged: Bool) {
        guard !sent.isEmpty else { return }
        var (bytes, stream, number) = sent[sent.count - 1 - input.number(0...65_535) % sent.count]
        guard isChanged else { return read(bytes, stream, number: number) }
        audit.trustsSenders = false
        let place = input.number(4...65_535) % bytes.count
        bytes[place] = input.byte()
        read(bytes, nil)
    }

    private func choose(_ input: inout Input) {
        let name = Message.Stream(
            topic: ["t", "other"][input.number(0...1)], source: UInt32(input.number(0...2)),
            epoch: Int64(input.number(1...2)))
        copyMilliseconds = UInt32(input.byte()) * 10
        if let known = streams.first(where: { $0.name == name }) { return stream = known }
        stream = Stream(name)
        streams.append(stream)
    }

    private func forge(_ input: inout Input) {
        audit.trustsSenders = false
        let prefix: [UInt8] = input.flag() ? [0xF5, 0x48, 0x43, 1] : []
        read(prefix + input.bytes(input.number(0...255)), nil)
    }

    // MARK: The reader

    private var moment: Moment {
        Moment(
            instant: Instant(nanoseconds: Int64(now) * 1_000_000),
            timestamp: Timestamp(nanoseconds: Int64(now) * 1_000_000))
    }

    private func read(_ bytes: [UInt8], _ stream: Stream?, number: UInt64? = nil) {
        let before = reader.counters
        var events: [Subscription.Event] = []
        reader.read(bytes.span.bytes, from: Endpoint(address: .loopback, port: 9), at: moment, to: &events)
        audit.check(reader)
        audit.check(events, streams, at: now)
        if let stream, let number { audit.note(number, of: stream, from: before, to: reader.counters) }
    }

    private func wait(_ milliseconds: Int) {
        now += milliseconds
        var events: [Subscription.Event] = []
        reader.advance(to: moment, to: &events)
        audit.check(reader)
        audit.check(events, streams, at: now)
        if let deadline = reader.nextDeadline { expect(deadline > moment.instant, "no deadline that has passed") }
    }

    private func waitForDeadline() {
        guard let deadline = reader.nextDeadline else { return }
        wait(max(0, Int(deadline.nanoseconds / 1_000_000) - now))
    }
}
