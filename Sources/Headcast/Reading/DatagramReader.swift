import Clocks
import Endpoints
import Wire

/// Makes events of datagrams: drops what came before, puts parts together, finds out what is missing.
///
/// Has no clock and no socket: time and datagrams are handed in. Memory is bounded by the options, whatever comes. Not
/// Sendable: one thread.
package struct DatagramReader: ~Copyable {
    package internal(set) var counters = Subscription.Counters()

    let options: Subscription.Options
    var streams: StreamTable
    var reassembly: Reassembly
    /// What all messages cost that wait for lower ones.
    var heldBytes = 0

    package init(_ options: Subscription.Options) {
        self.options = options
        streams = StreamTable(capacity: options.rememberedStreams, rememberedIDs: options.rememberedIDs)
        reassembly = Reassembly(maximumBytes: options.heldBytes, time: options.reassemblyTime)
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
            case .confirmation, .probe: counters.unknownKinds += 1
            }
        } catch {
            counters.count(error)
        }
    }

    /// When ``advance(to:to:)`` has something to do; nil if nothing is waited for.
    package var nextDeadline: Instant? {
        var earliest = reassembly.nextDeadline
        for stream in streams.streams {
            for deadline in [stream.numbers.nextDeadline, stream.held.nextDeadline] {
                if let deadline, earliest.map({ deadline < $0 }) ?? true { earliest = deadline }
            }
        }
        return earliest
    }

    /// Gives up what is lost by `now`. Everything that arrived until then must have been read.
    package mutating func advance(to now: Instant, to events: inout [Subscription.Event]) {
        for stream in streams.streams { settle(stream, at: now, to: &events) }
        reassembly.expire(by: now)
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
        release(stream, at: now.instant, to: &events)
    }

    private mutating func readMessages(
        _ envelope: borrowing Envelope, _ bytes: RawSpan, from sender: Endpoint, at now: Moment,
        to events: inout [Subscription.Event]
    ) {
        let number = envelope.header.number
        guard number < .max else { return counters.countMalformed("number beyond all") }
        let stream = stream(of: envelope, bytes, at: now, to: &events)
        switch stream.numbers.see(number, deadline: deadline(envelope.header, now)) {
        case .new: break
        case .late:
            counters.late += 1
            return
        case .duplicate:
            counters.duplicateDatagrams += 1
            if options.reportsDuplicates {
                events.append(.duplicate(.init(stream: stream.name, subject: .datagram(number: number))))
            }
            return
        }
        let arrival = Arrival(stream: stream, number: number, sender: sender, now: now)
        envelope.forEachRecord(in: bytes) { record in
            switch record {
            case .start(let head, let part): start(head, bytes.extracting(part), arrival, to: &events)
            case .continuation(let sequence, let offset, let part):
                let outcome = reassembly.goOn(
                    sequence, bytes.extracting(part), offset: offset, of: stream, number: number, at: now.instant)
                finish(outcome, arrival, to: &events)
            }
        }
        if stream.numbers.isOverfull { settle(stream, at: now.instant, to: &events) }
        release(stream, at: now.instant, to: &events)
        reportAbandoned(to: &events)
    }

    private func deadline(_ header: EnvelopeHeader, _ now: Moment) -> Instant {
        now.instant + .milliseconds(Int64(header.copyMilliseconds)) + options.gapWait
    }

    private mutating func stream(
        of envelope: borrowing Envelope, _ bytes: RawSpan, at now: Moment, to events: inout [Subscription.Event]
    ) -> StreamMemory {
        let found = streams.find(
            envelope.header, topic: bytes.extracting(envelope.topic), opensAt: now.instant + options.gapWait)
        guard let arrival = found.arrival else { return found.stream }
        counters.streams += 1
        if let forgotten = arrival.forgotten {
            counters.forgottenStreams += 1
            giveUp(forgotten.numbers.takeAll(), of: forgotten, to: &events)
            reassembly.forget(forgotten)
            release(forgotten, at: .distantFuture, to: &events)
            reportAbandoned(to: &events)
        }
        if let previous = arrival.previous {
            events.append(.epochChange(.init(stream: found.stream.name, previous: previous)))
        }
        return found.stream
    }
}

extension Instant {
    /// Later than any other.
    static let distantFuture = Instant(nanoseconds: .max)
}
