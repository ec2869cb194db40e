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
    package internal(set) var sequence: UInt64 = 0
    /// Every message up to here has been sent once to all it was meant for.
    package internal(set) var settledSequence: UInt64 = 0

    var log: TopicLog
    /// Puts messages into datagrams; nil in the raw format, where each is one.
    var writer: EnvelopeWriter?
    var heartbeats = HeartbeatSchedule()
    var beat: Beat?
    var roster = Roster()
    var cursors = CopyCursors()
    /// The first datagram whose first copies are still to be sent.
    var head: UInt64 = 1
    var flight: Flight?
    var flights = 0
    let limits: RunLimits
    var pace: Pace
    /// Set while the pace alone holds the next flight back.
    var pacedUntil: Instant?
    /// When a flight last landed.
    package internal(set) var lastSend: Instant?
    /// Copies that nobody was sent, since the log overtook them.
    var overruns = FailureRanges()

    var budget: EgressBudget?
    /// What the roster's rows were made from; a newer membership waits for the flight under way to land.
    private(set) var adopted: (revision: UInt64, stale: Staleness?) = (0, nil)
    var ids = MessageIDGenerator()
    var promise: CopyPromise

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
        limits = RunLimits(bytes: min(RunLimits.maximumBytes, rules.burstBytes))
        pace = Pace(burstBytes: rules.burstBytes)
        budget = rules.maximumBytesPerSecond.map { EgressBudget(bytesPerSecond: $0) }
        promise = CopyPromise(at: now.instant)
        if rules.format == .enveloped {
            writer = EnvelopeWriter(
                topic: rules.name, source: rules.source, epoch: epoch, datagramBytes: rules.datagramBytes,
                pads: sender.takesRuns && 2 * rules.datagramBytes <= limits.bytes, limits: limits)
        }
        adoptMembership(at: now)
    }

    /// Replaces the membership; its members become the subscribers before the next flight starts.
    package func apply(_ membership: Membership, at now: Moment) {
        self.membership = membership
        if flight == nil { adoptMembership(at: now) }
    }

    /// Whether everything published has been sent as often as it is to be, and subscribers were told that it was all.
    package var isFinished: Bool {
        head == log.next && !isOpen && flight == nil && cursors.active.isEmpty && !heartbeats.owesTail
    }

    /// What the log holds that a flight or a copy still needs.
    package var backlog: (messages: UInt64, bytes: Int) {
        let needed = max(min(head, cursors.lowest ?? head), log.oldest)
        let sent = needed < log.next ? log[needed].lastSequence - UInt64(log[needed].ended) : log.lastSequence
        return (sequence - sent, log.byteCount(from: needed) + (writer?.open?.length ?? 0))
    }

    /// The first datagram that is not settled by itself: a message that is not yet sent whole, or not often enough,
    /// begins in it.
    var unsettled: UInt64 {
        begin(of: min(head, cursors.lowest ?? head))
    }

    /// Where the message begins whose part stands first in datagram `number`.
    private func begin(of number: UInt64) -> UInt64 {
        if number < log.next { return log[number].begins }
        return writer?.open?.begins ?? number
    }

    var isOpen: Bool { writer?.open != nil }

    var isMembershipPending: Bool { adopted.revision != membership.revision }

    func adoptMembership(at now: Moment) {
        adopted.stale = membership.stale
        // Nobody joins or leaves within a message.
        guard isMembershipPending, begin(of: head) == head else { return }
        adopted.revision = membership.revision
        let joins = roster.joins
        roster.replace(
            with: membership.members, number: head, sequence: settledSequence + 1, cursors: cursors, at: now)
        roster.prune(before: ledger.oldestNumber(of: index))
        if writer != nil, roster.joins > joins { heartbeats.noteJoin(at: head, now.instant) }
    }
}
