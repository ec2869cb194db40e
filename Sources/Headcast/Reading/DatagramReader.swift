import Clocks
import Endpoints
import Wire

/// Makes events of datagrams: drops what came before, puts parts together, finds out what is missing
/// (wire-format.md, "Reading a stream").
///
/// Has no clock and no socket: time and datagrams are handed in. Memory is bounded by the options, whatever comes. Not
/// Sendable: one thread.
package struct DatagramReader: ~Copyable {
    package internal(set) var counters = Subscription.Counters()

    let options: Subscription.Options
    private let takesEnvelopes: Bool
    /// Those of the options, in nanoseconds, since calculating with durations costs as much as reading a message.
    private let gapWait: Int64
    private let reassemblyTime: Int64
    var streams: StreamTable
    var reassembly: Reassembly
    /// The CloudEvents that were handed over.
    var eventIDs: IDMemory
    /// What all messages cost that wait for lower numbers.
    var heldBytes = 0

    package init(_ options: Subscription.Options) {
        self.options = options
        takesEnvelopes = options.formats.contains(.enveloped)
        gapWait = options.gapWait.nanoseconds
        reassemblyTime = options.reassemblyTime.nanoseconds
        streams = StreamTable(capacity: options.rememberedStreams, rememberedIDs: options.rememberedIDs)
        eventIDs = IDMemory(capacity: options.rememberedIDs)
        reassembly = Reassembly(maximumBytes: options.heldBytes)
    }

    /// Takes one datagram and appends what comes of it to `events`.
    ///
    /// Allocates what the messages are made of and nothing else, unless something is missing or new.
    package mutating func read(
        _ bytes: RawSpan, from sender: Endpoint, at now: Moment, to events: inout [Subscription.Event]
    ) {
        counters.datagrams += 1
        guard takesEnvelopes, Envelope.isEnveloped(bytes) else {
            return readForeign(bytes, from: sender, at: now, to: &events)
        }
        do throws(EnvelopeFault) {
            let envelope = try Envelope(bytes)
            switch envelope.header.kind {
            case .messages: readMessages(envelope, bytes, from: sender, at: now, to: &events)
            case .heartbeat: readHeartbeat(envelope, bytes, at: now, to: &events)
            case .confirmation, .probe: counters.otherKinds += 1
            }
        } catch {
            counters.count(error)
        }
    }

    /// When ``advance(to:to:)`` has something to do; nil if nothing is waited for.
    package var nextDeadline: Instant? {
        var earliest = reassembly.nextDeadline
        for index in streams.streams.indices {
            guard let deadline = streams.streams[index].numbers.nextDeadline else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Gives up what is lost by `now`. Everything that arrived until then must have been read.
    package mutating func advance(to now: Moment, to events: inout [Subscription.Event]) {
        for index in streams.streams.indices {
            giveUp(streams.streams[index].numbers.takeLost(by: now.instant), of: index, at: now, to: &events)
        }
        reassembly.expire(by: now.instant)
        reportAbandoned(to: &events)
    }

    // MARK: Envelopes

    private mutating func readHeartbeat(
        _ envelope: borrowing Envelope, _ bytes: RawSpan, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard let heartbeat = envelope.heartbeat(in: bytes) else { return }
        counters.heartbeats += 1
        let stream = stream(of: envelope, bytes, at: now, to: &events)
        streams.streams[stream].numbers.hear(
            first: heartbeat.first, next: heartbeat.next, deadline: deadline(envelope.header, now))
        release(stream, at: now, to: &events)
    }

    private mutating func readMessages(
        _ envelope: borrowing Envelope, _ bytes: RawSpan, from sender: Endpoint, at now: Moment,
        to events: inout [Subscription.Event]
    ) {
        let stream = stream(of: envelope, bytes, at: now, to: &events)
        guard isWanted(envelope.header, of: stream, at: now, to: &events) else { return }
        var arrival = Arrival(
            stream: stream, header: envelope.header, content: envelope.content, sender: sender, now: now,
            partsUntil: copiesEnd(envelope.header, now) + reassemblyTime)
        envelope.forEachRecord(in: bytes) { record in
            switch record {
            case .start(let head, let part): start(head, at: part, of: bytes, &arrival, to: &events)
            case .continuation(let sequence, let offset, let part):
                goOn(sequence, bytes.extracting(part), offset: offset, arrival, to: &events)
            }
        }
        if streams.streams[stream].numbers.isOverfull {
            giveUp(streams.streams[stream].numbers.takeLost(by: now.instant), of: stream, at: now, to: &events)
        }
        release(stream, at: now, to: &events)
        reportAbandoned(to: &events)
    }

    /// Whether a datagram of messages is to be read: it was not before, and its turn is not past.
    private mutating func isWanted(
        _ header: EnvelopeHeader, of stream: Int, at now: Moment, to events: inout [Subscription.Event]
    ) -> Bool {
        let closed = streams.streams[stream].closed
        switch streams.streams[stream].numbers.see(header.number, deadline: deadline(header, now), closed: closed) {
        case .new: return true
        case .late:
            counters.lateDatagrams += 1
            return !options.isOrdered
        case .duplicate:
            counters.duplicateDatagrams += 1
            if options.reportsDuplicates {
                let name = streams.streams[stream].name
                events.append(.duplicate(.init(stream: name, subject: .datagram(number: header.number))))
            }
            return false
        }
    }

    private func deadline(_ header: EnvelopeHeader, _ now: Moment) -> Instant {
        Instant(nanoseconds: copiesEnd(header, now) + gapWait)
    }

    /// When the last copy of a datagram and of those before it has come, in nanoseconds.
    private func copiesEnd(_ header: EnvelopeHeader, _ now: Moment) -> Int64 {
        now.instant.nanoseconds + Int64(header.copyMilliseconds) * 1_000_000
    }

    /// The stream that a datagram belongs to.
    private mutating func stream(
        of envelope: borrowing Envelope, _ bytes: RawSpan, at now: Moment, to events: inout [Subscription.Event]
    ) -> Int {
        let topic = bytes.extracting(envelope.topic)
        if let stream = streams.find(envelope.header, topic: topic) { return stream }
        return add(envelope.header, topic: topic, at: now, to: &events)
    }

    private mutating func add(
        _ header: EnvelopeHeader, topic: RawSpan, at now: Moment, to events: inout [Subscription.Event]
    ) -> Int {
        counters.streams += 1
        let previous = streams.latest(ofTopic: topic)?.name
        let forgotten = streams.longestSilent
        if let forgotten {
            counters.forgottenStreams += 1
            reassembly.forget(streams.streams[forgotten].serial)
            giveUp(streams.streams[forgotten].numbers.takeAll(), of: forgotten, at: now, to: &events)
            release(forgotten, at: now, to: &events)
            reportAbandoned(to: &events)
        }
        let stream = streams.add(header, topic: topic, inPlaceOf: forgotten)
        if let previous {
            events.append(.epochChange(.init(stream: streams.streams[stream].name, previous: previous)))
        }
        return stream
    }
}
