import Clocks
import Wire

extension Topic {
    /// Numbers a message and puts it into the log; sends nothing yet.
    ///
    /// Returns its position in the ledger. Its receipt is complete once ``settledSequence`` reaches ``sequence``.
    package func publish(
        _ payload: RawSpan, options: PublishOptions = PublishOptions(), at now: Moment
    ) throws(PublishFault) -> UInt64 {
        let id = options.id ?? ids.next(at: now.timestamp)
        let content = content(of: payload, options, id: id, at: now.timestamp)
        let byteCount = content.bytes.count + (content.endsWithPayload ? payload.byteCount : 0)
        let space = space(forBody: byteCount)
        let sending = Sending(
            copies: options.copies ?? rules.copies, spacing: options.spacing ?? rules.spacing, position: ledger.next,
            publishedAt: now.instant)
        try check(payload.byteCount, byteCount, space, sending, require: options.require)
        makeRoom(for: space)
        promise.extend(to: now.instant + sending.duration)
        sequence += 1
        let first = log.next
        let numbers: Range<UInt64>
        switch rules.format {
        case .raw: numbers = append(payload, sending)
        case .cloudevents: numbers = append(content.bytes.span.bytes, sending)
        case .enveloped:
            let head = MessageHead(
                sequence: sequence, id: id.bits, publishedAt: now.timestamp.milliseconds,
                ttlMilliseconds: options.ttl.map(Self.milliseconds) ?? 0, bodyBytes: byteCount,
                attributeBytes: content.bytes.count)
            numbers = append(head, attributes: content.bytes.span.bytes, payload: payload, sending)
        }
        for number in first..<log.next { follow(number) }
        counters.messages += 1
        counters.payloadBytes += UInt64(payload.byteCount)
        return ledger.record(
            { previous in
                LedgerEntry(
                    id: id, topic: index, sequence: sequence, numbers: numbers, publishedAt: now.timestamp,
                    payloadBytes: payload.byteCount, copies: sending.copies, spacing: sending.spacing,
                    previous: previous)
            }, topic: index)
    }

    /// Numbers the open datagram as it is.
    func closeOpen() {
        guard isOpen else { return }
        writer?.close(padded: false, in: &log)
        follow(log.next - 1)
    }

    private static func milliseconds(_ duration: Duration) -> UInt32 {
        UInt32(clamping: (duration.nanoseconds + 999_999) / 1_000_000)
    }

    private func follow(_ number: UInt64) {
        let entry = log[number]
        cursors.follow(number, copies: Int(entry.copies), spacing: entry.spacing)
    }

    private func space(forBody byteCount: Int) -> LogSpace {
        writer?.space(forBody: byteCount) ?? LogSpace(bytes: byteCount, datagrams: 1)
    }

    /// Appends a payload that is a datagram by itself.
    private func append(_ payload: RawSpan, _ sending: Sending) -> Range<UInt64> {
        log.write(payload, at: 0)
        let number = log.commit(
            DatagramEntry(
                position: 0, length: UInt32(payload.byteCount), ended: 1, lastSequence: sequence, begins: log.next,
                copies: UInt8(sending.copies), publishedAt: sending.publishedAt, spacing: sending.spacing,
                message: sending.position))
        return number..<number + 1
    }

    /// Appends a message to the datagrams that are shared.
    private func append(
        _ head: MessageHead, attributes: RawSpan, payload: RawSpan, _ sending: Sending
    ) -> Range<UInt64> {
        guard var writer else { return log.next..<log.next }
        self.writer = nil
        defer { self.writer = writer }
        return writer.append(head, attributes: attributes, payload: payload, sending, to: &log)
    }

    /// What is sent of a message besides its payload, or instead of it.
    private func content(
        of payload: RawSpan, _ options: PublishOptions, id: MessageID, at now: Timestamp
    ) -> (bytes: [UInt8], endsWithPayload: Bool) {
        switch rules.format {
        case .raw: return ([], true)
        case .enveloped: return (options.attributes.encoded, true)
        case .cloudevents:
            let event = EventWriter(
                topic: rules.name, epoch: epoch, sequence: sequence + 1, id: id, publishedAt: now,
                attributes: options.attributes, ttl: options.ttl)
            return (event.bytes(payload), false)
        }
    }

    private func check(
        _ payloadBytes: Int, _ byteCount: Int, _ space: LogSpace, _ sending: Sending, require: Int?
    ) throws(PublishFault) {
        guard payloadBytes <= rules.maximumPayloadBytes else {
            throw .payloadTooLarge(bytes: payloadBytes, limit: rules.maximumPayloadBytes)
        }
        guard rules.format != .cloudevents || byteCount <= rules.datagramBytes else {
            throw .eventTooLarge(bytes: byteCount, limit: rules.datagramBytes)
        }
        guard membership.revision > 0 else { throw .unresolved }
        let present = membership.members.count
        guard present >= require ?? 0 else {
            throw .tooFewSubscribers(present: present, required: require ?? 0)
        }
        guard log.hasRoom(for: space, keeping: oldestNeeded(at: sending.publishedAt)) else {
            counters.overloaded += 1
            throw .overloaded
        }
        guard sending.copies == 1 || cursors.accepts(spacing: sending.spacing) else {
            throw .tooManySpacings(limit: CopyCursors.maximumSpacings)
        }
        let egress = byteCount * sending.copies * present
        if egress > 0, let wait = budget?.take(egress, at: sending.publishedAt) {
            counters.rateLimited += 1
            throw .rateLimited(wait: wait)
        }
    }

    /// The first datagram that must not be overwritten: a flight carries it, or a copy of it is to be sent now.
    private func oldestNeeded(at now: Instant) -> UInt64 {
        var needed = min(head, flight?.run.first ?? head)
        if let next = cursors.earliest(in: log), next.due <= now {
            for cursor in cursors.active where log[cursor.number].due(copy: cursor.copy) <= now {
                needed = min(needed, cursor.number)
            }
        }
        return needed
    }

    /// Makes room for what is to be appended; copies that are thereby overtaken are noted as not sent.
    private func makeRoom(for space: LogSpace) {
        defer { log.makeRoom(for: space) }
        guard !cursors.active.isEmpty else { return }
        let oldest = log.oldest(after: space)
        guard oldest > log.oldest else { return }
        cursors.skip(before: oldest, in: log) { number, copy in
            let code = FailureRanges.overrun
            overruns.record(number..<number + 1, copy: copy, code: code, settled: oldest)
            let missed = UInt64(roster.count(joinedBy: number) * Int(log[number].ended))
            counters.copiesFailed += missed
            counters.copiesOverrun += missed
        }
    }
}
