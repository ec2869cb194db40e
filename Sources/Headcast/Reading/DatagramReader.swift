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
    var streams: StreamTable
    var reassembly: Reassembly
    /// The CloudEvents that were handed over.
    var eventIDs: IDMemory
    /// What all messages cost that wait for lower numbers.
    var heldBytes = 0

    package init(_ options: Subscription.Options) {
        self.options = options
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
        guard options.formats.contains(.enveloped), Envelope.isEnveloped(bytes) else {
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
        for stream in streams.streams {
            guard let deadline = stream.numbers.nextDeadline else { continue }
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Gives up what is lost by `now`. Everything that arrived until then must have been read.
    package mutating func advance(to now: Moment, to events: inout [Subscription.Event]) {
        for stream in streams.streams {
            giveUp(stream.numbers.takeLost(by: now.instant), of: stream, at: now, to: &events)
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
        stream.numbers.hear(first: heartbeat.first, next: heartbeat.next, deadline: deadline(envelope.header, now))
        release(stream, at: now, to: &events)
    }

    private mutating func readMessages(
        _ envelope: borrowing Envelope, _ bytes: RawSpan, from sender: Endpoint, at now: Moment,
        to events: inout [Subscription.Event]
    ) {
        let stream = stream(of: envelope, bytes, at: now, to: &events)
        guard isWanted(envelope.header, of: stream, at: now, to: &events) else { return }
        let copies = Duration.milliseconds(Int64(envelope.header.copyMilliseconds))
        let arrival = Arrival(
            stream: stream, number: envelope.header.number, sender: sender, now: now,
            partsUntil: now.instant + copies + options.reassemblyTime)
        envelope.forEachRecord(in: bytes) { record in
            switch record {
            case .start(let head, let part): start(head, bytes.extracting(part), arrival, to: &events)
            case .continuation(let sequence, let offset, let part):
                goOn(sequence, bytes.extracting(part), offset: offset, arrival, to: &events)
            }
        }
        if stream.numbers.isOverfull {
            giveUp(stream.numbers.takeLost(by: now.instant), of: stream, at: now, to: &events)
        }
        release(stream, at: now, to: &events)
        reportAbandoned(to: &events)
    }

    /// Whether a datagram of messages is to be read: it was not before, and its turn is not past.
    private mutating func isWanted(
        _ header: EnvelopeHeader, of stream: StreamMemory, at now: Moment, to events: inout [Subscription.Event]
    ) -> Bool {
        switch stream.numbers.see(header.number, deadline: deadline(header, now), closed: stream.closed) {
        case .new: return true
        case .late:
            counters.lateDatagrams += 1
            return !options.isOrdered
        case .duplicate:
            counters.duplicateDatagrams += 1
            if options.reportsDuplicates {
                events.append(.duplicate(.init(stream: stream.name, subject: .datagram(number: header.number))))
            }
            return false
        }
    }

    private func deadline(_ header: EnvelopeHeader, _ now: Moment) -> Instant {
        now.instant + .milliseconds(Int64(header.copyMilliseconds)) + options.gapWait
    }

    private mutating func stream(
        of envelope: borrowing Envelope, _ bytes: RawSpan, at now: Moment, to events: inout [Subscription.Event]
    ) -> StreamMemory {
        let found = streams.find(envelope.header, topic: bytes.extracting(envelope.topic))
        guard let arrival = found.arrival else { return found.stream }
        counters.streams += 1
        if let forgotten = arrival.forgotten {
            counters.forgottenStreams += 1
            reassembly.forget(forgotten)
            giveUp(forgotten.numbers.takeAll(), of: forgotten, at: now, to: &events)
            release(forgotten, at: now, to: &events)
            reportAbandoned(to: &events)
        }
        if let previous = arrival.previous {
            events.append(.epochChange(.init(stream: found.stream.name, previous: previous)))
        }
        return found.stream
    }
}
