import Clocks
import Datagrams
import Endpoints

/// One named stream: its log, its subscribers and what is being sent.
///
/// Passive: ``publish(_:options:at:)`` numbers messages and ``step(at:)`` sends what is due. Messages that arrive during
/// a flight wait behind it in the log. Not Sendable: the loop's thread owns it. A message costs O(1) and the kernel's
/// work per endpoint; nothing is allocated per subscriber.
package final class Topic {
    package let rules: TopicRules
    /// Which run of this topic's log: milliseconds since 1970 when it began.
    package let epoch: Int64
    /// Index in the ledger.
    package let index: Int
    package let ledger: Ledger
    package let sender: Sender

    package internal(set) var counters = TopicCounters()
    package private(set) var membership: Membership
    /// The sequence of the newest message.
    package private(set) var sequence: UInt64 = 0
    /// Every message up to here has been sent once to all it was meant for.
    package internal(set) var settledSequence: UInt64 = 0

    var log: TopicLog
    var roster = Roster()
    var cursors = CopyCursors()
    /// The first datagram whose first copies are still to be sent.
    var head: UInt64 = 1
    var flight: Flight?
    var flights = 0
    var pace: Pace
    /// Set while the pace alone holds the next flight back.
    var pacedUntil: Instant?
    /// When a flight last landed.
    package internal(set) var lastSend: Instant?
    /// Copies that nobody was sent, since the log overtook them.
    var overruns = FailureRanges()

    private var budget: EgressBudget?
    /// What the roster's rows were made from; a newer membership waits for the flight under way to land.
    private(set) var adopted: (revision: UInt64, stale: Staleness?) = (0, nil)
    private var ids = MessageIDGenerator()

    package init(
        _ rules: TopicRules, membership: Membership, ledger: Ledger, sender: Sender, at now: Moment
    ) throws(DatagramError) {
        self.rules = rules
        self.membership = membership
        self.ledger = ledger
        self.sender = sender
        epoch = now.timestamp.milliseconds
        index = ledger.addTopic()
        log = try TopicLog(ringBytes: rules.ringBytes)
        pace = Pace(burstBytes: rules.burstBytes)
        budget = rules.maximumBytesPerSecond.map { EgressBudget(bytesPerSecond: $0) }
        adoptMembership(at: now)
    }

    /// Numbers a message and puts it into the log; sends nothing yet.
    ///
    /// Returns its position in the ledger. Its receipt is complete once ``settledSequence`` reaches ``sequence``.
    package func publish(
        _ payload: RawSpan, options: PublishOptions = PublishOptions(), at now: Moment
    ) throws(PublishFault) -> UInt64 {
        let copies = options.copies ?? rules.copies
        let spacing = options.spacing ?? rules.spacing
        try check(payload.byteCount, copies: copies, spacing: spacing, require: options.require, at: now.instant)
        dropOldest(for: payload.byteCount)
        sequence += 1
        let number = log.next
        let position = ledger.record(
            { previous in
                LedgerEntry(
                    id: ids.next(at: now.timestamp), topic: index, sequence: sequence, numbers: number..<number + 1,
                    publishedAt: now.timestamp, payloadBytes: payload.byteCount, copies: copies, spacing: spacing,
                    previous: previous)
            }, topic: index)
        _ = log.append(payload, copies: copies, spacing: spacing, message: position, at: now.instant)
        cursors.follow(number, copies: copies, spacing: spacing)
        counters.messages += 1
        counters.payloadBytes += UInt64(payload.byteCount)
        return position
    }

    /// Replaces the membership; its members become the subscribers before the next flight starts.
    package func apply(_ membership: Membership, at now: Moment) {
        self.membership = membership
        if flight == nil { adoptMembership(at: now) }
    }

    /// Whether everything published has been sent as often as it is to be.
    package var isFinished: Bool {
        head == log.next && flight == nil && cursors.active.isEmpty
    }

    /// What the log holds that a flight or a copy still needs.
    package var backlog: (messages: UInt64, bytes: Int) {
        let needed = min(head, cursors.lowest ?? head)
        return (log.next - max(needed, log.oldest), log.byteCount(from: needed))
    }

    func adoptMembership(at now: Moment) {
        adopted.stale = membership.stale
        guard adopted.revision != membership.revision else { return }
        adopted.revision = membership.revision
        roster.replace(
            with: membership.members, number: head, sequence: settledSequence + 1, cursors: cursors, at: now)
        roster.prune(before: ledger.oldestNumber(of: index))
    }

    private func check(
        _ byteCount: Int, copies: Int, spacing: Duration, require: Int?, at now: Instant
    ) throws(PublishFault) {
        guard byteCount <= rules.maximumPayloadBytes else {
            throw .payloadTooLarge(bytes: byteCount, limit: rules.maximumPayloadBytes)
        }
        guard membership.revision > 0 else { throw .unresolved }
        let present = membership.members.count
        guard present >= require ?? 0 else {
            throw .tooFewSubscribers(present: present, required: require ?? 0)
        }
        guard log.hasRoom(for: byteCount, keeping: oldestNeeded(at: now)) else {
            counters.overloaded += 1
            throw .overloaded
        }
        guard copies == 1 || cursors.accepts(spacing: spacing) else {
            throw .tooManySpacings(limit: CopyCursors.maximumSpacings)
        }
        let egress = byteCount * copies * present
        if egress > 0, let wait = budget?.take(egress, at: now) {
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

    private func dropOldest(for byteCount: Int) {
        let oldest = log.oldest(after: byteCount)
        guard oldest > log.oldest, !cursors.active.isEmpty else { return }
        cursors.skip(before: oldest, in: log) { number, copy in
            let code = FailureRanges.overrun
            overruns.record(number..<number + 1, copy: copy, code: code, settled: oldest)
            let missed = UInt64(roster.count(joinedBy: number) * Int(log[number].ended))
            counters.copiesFailed += missed
            counters.copiesOverrun += missed
        }
    }
}
