import Fuzzing

@testable import Headcast

/// What a reader of datagrams promises: bounded memory, each number and each id once, whole messages, order, and gaps
/// that are exactly what was not read.
final class Audit {
    private let options: Subscription.Options
    /// Whether all datagrams were sent by a stream of the script.
    var trustsSenders = true
    private var forgets = false
    private var ids: [String: Set<UInt128>] = [:]
    private var messages = 0
    private var gaps = 0
    private var incomplete = 0

    init(_ options: Subscription.Options) {
        self.options = options
    }

    func check(_ reader: borrowing DatagramReader) {
        let streams = reader.streams.streams
        forgets = reader.counters.forgottenStreams > 0
        expect(streams.count <= options.rememberedStreams, "streams within their bound")
        expect(streams.allSatisfy { $0.numbers.rangeCount <= 2 * NumberMemory.maximumRanges }, "ranges likewise")
        let topics = reader.streams.topics
        expect(topics.count <= options.rememberedStreams + 1, "topics likewise")
        expect(topics.allSatisfy { $0.ids.count <= 2 * options.rememberedIDs }, "ids likewise")
        expect((0...options.heldBytes).contains(reader.heldBytes), "held within its bound: \(reader.heldBytes)")
        expect(reader.heldBytes == streams.reduce(0) { $0 + $1.held.bytes }, "what is held adds up")
        expect((0...options.heldBytes).contains(reader.reassembly.bytes), "parts: \(reader.reassembly.bytes)")
        expect(reader.reassembly.count <= Reassembly.maximumMessages, "partial messages within their bound")
    }

    func check(_ events: [Subscription.Event], _ streams: [Stream], at now: Int) {
        for event in events {
            switch event {
            case .message(let message):
                messages += 1
                check(message, streams.first { $0.name == message.stream }, at: now)
            case .gap(let gap):
                gaps += 1
                check(gap, streams.first { $0.name == gap.stream })
            case .incomplete: incomplete += 1
            case .duplicate: expect(options.reportsDuplicates, "duplicates are told of where that is asked for")
            case .epochChange(let change): expect(change.stream != change.previous, "an epoch that changed")
            case .overflow, .kernelDrops: expect(false, "nothing of queues")
            }
        }
    }

    private func check(_ message: Message, _ stream: Stream?, at now: Int) {
        expect(options.formats.contains(message.format), "a format that is taken")
        guard message.format == .enveloped else { return }
        if let expiresAt = message.expiresAt { expect(expiresAt.milliseconds >= Int64(now), "nothing expired") }
        if options.rememberedIDs > 4, !forgets {
            expect(ids[message.topic, default: []].insert(message.id.bits).inserted, "each id once: \(message.id)")
        }
        guard trustsSenders, let stream else { return }
        let attributes = Stream.attributes(of: message.sequence).count
        let body = Stream.body(message.sequence, attributes..<attributes + message.payload.count)
        expect(message.payload.elementsEqual(body), "the bytes that were sent: \(message)")
        expect(message.attributes.count == (attributes > 0 ? 1 : 0), "the attributes that were sent")
        let number = Stream.number(message.sequence)
        // A divided message has its turn with its last part.
        guard options.isOrdered, !forgets, message.sequence % 4 != 3, number < 1 << 61 else { return }
        expect(number >= stream.turn, "messages in order: \(number) after \(stream.turn)")
        stream.turn = number
    }

    private func check(_ gap: Subscription.Gap, _ stream: Stream?) {
        guard trustsSenders, !forgets, let stream else { return }
        expect(!stream.read.contains { gap.numbers.contains($0) }, "what was read is not lost: \(gap.numbers)")
        expect(!stream.gaps.contains { $0.overlaps(gap.numbers) }, "lost once: \(gap.numbers)")
        stream.gaps.append(gap.numbers)
        // Numbers below the beginning have no turn: that they count may be told of later.
        guard options.isOrdered, gap.numbers.upperBound < 1 << 61, let beginning = stream.beginning,
            gap.numbers.lowerBound > beginning
        else { return }
        expect(gap.numbers.lowerBound > stream.turn, "a gap in order: \(gap.numbers) after \(stream.turn)")
        stream.turn = gap.numbers.upperBound
    }

    /// Holds what the reader made of a datagram of messages against what it read before.
    func note(
        _ number: UInt64, of stream: Stream, from before: Subscription.Counters, to after: Subscription.Counters
    ) {
        guard trustsSenders, !forgets else { return }
        let isKnown = stream.read.contains(number) || stream.late.contains(number)
        if after.duplicateDatagrams > before.duplicateDatagrams {
            expect(isKnown, "a copy of something: \(number)")
        } else if after.lateDatagrams > before.lateDatagrams {
            expect(!stream.read.contains(number), "late is what was not read: \(number)")
            let isLost = stream.gaps.contains { $0.contains(number) }
            expect(isLost || options.isOrdered, "late is what is lost: \(number)")
            if !options.isOrdered { stream.late.insert(number) }
        } else {
            expect(!isKnown, "each number once: \(number)")
            stream.beginning = stream.beginning ?? number
            stream.read.insert(number)
        }
    }

    func finish(_ streams: [Stream], _ counters: Subscription.Counters) {
        expect(counters.messages == messages, "all messages are counted")
        expect(counters.gaps == gaps, "all gaps are counted")
        expect(counters.incompleteMessages == incomplete, "all incomplete messages are counted")
        guard trustsSenders, !forgets else { return }
        for stream in streams { checkGaps(of: stream) }
    }

    /// Whatever lies between numbers that were read is lost.
    private func checkGaps(of stream: Stream) {
        let read = stream.read.sorted()
        let gaps = stream.gaps.sorted { $0.lowerBound < $1.lowerBound }
        for (low, high) in zip(read, read.dropFirst()) where high - low > 1 {
            var next = low + 1
            for gap in gaps where gap.contains(next) { next = gap.upperBound + 1 }
            expect(next == high, "\(next) to \(high - 1) are lost")
        }
    }
}
