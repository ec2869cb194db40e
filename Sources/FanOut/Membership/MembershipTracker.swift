import Clocks

/// Keeps one topic's membership by what its source says.
///
/// A passive value: the caller looks the name up when ``nextLookup`` is due, says so with ``lookupStarted(at:)``, and
/// hands in what was found with ``apply(_:at:)``. No single answer empties a membership; an answer that says nothing
/// leaves it as it is and makes it stale.
package struct MembershipTracker: Sendable {
    /// Joins and leaves that are remembered.
    package static let maximumChanges = 256

    package private(set) var membership: Membership

    /// The last joins and leaves, oldest first, at most ``maximumChanges``.
    package private(set) var changes: [MembershipChange] = []

    /// How many joins and leaves there were before those.
    package private(set) var forgottenChanges: UInt64 = 0

    private let settings: MembershipSettings
    private var roll = MemberRoll()

    /// Nil for a list, which is never looked up.
    private var schedule: LookupSchedule?
    private var demands = FreshnessDemands()

    /// The negative answers in a row, since the last answer of another kind.
    private var negatives: (since: Instant, count: Int)?

    /// When the lookup began whose answer was last believed.
    private var believedLookupStart: Instant?

    /// Follows a name in DNS; the first lookup is due at once.
    ///
    /// - Parameter seed: spreads the polls; best different for every topic and process.
    package init(settings: MembershipSettings = MembershipSettings(), seed: UInt64, at now: Instant) {
        self.settings = settings
        membership = Membership(source: .dns)
        schedule = LookupSchedule(settings: settings, seed: seed, at: now)
    }

    /// Holds the members of a list for good.
    package init(
        list: [Member], settings: MembershipSettings = MembershipSettings(), at now: Moment
    ) {
        self.settings = settings
        membership = Membership(source: .static)
        let difference = roll.add(list.normalized(), limit: settings.maximumMembers)
        membership.resolvedAt = now.timestamp
        record(difference, reason: "listed in the configuration", at: now)
        if difference.excess > 0 { becomeStale(excessReason(difference.excess), at: now) }
    }

    /// When the name is to be looked up next; nil for a list and while a lookup is under way.
    package var nextLookup: Instant? { schedule?.nextLookup(demandedAt: demands.earliestArrival) }

    /// Publishes that wait for a fresh membership.
    package var waitingDemands: Int { demands.waiting }

    /// Takes note that a lookup was sent off. Must be followed by one ``apply(_:at:)``.
    package mutating func lookupStarted(at now: Instant) {
        schedule?.start(at: now)
    }

    /// Asks for a membership no older than `maximumAge`; 0 is satisfied only by a lookup that begins after now.
    ///
    /// Whoever waits gives up after `settings.freshnessWait` with ``cancel(_:)``; the reason is the membership's
    /// staleness then, if it has one. A list is always fresh.
    package mutating func demand(maximumAge: Duration, at now: Instant) -> FreshnessAnswer {
        guard let schedule else { return .fresh }
        let maximumAge = max(maximumAge, .zero)
        if maximumAge > .zero, let believedLookupStart, now - believedLookupStart <= maximumAge { return .fresh }
        var firstLookup = schedule.count + 1
        if maximumAge > .zero, schedule.isUnderWay, let start = schedule.lastStarted, now - start <= maximumAge {
            firstLookup = schedule.count
        }
        return .waiting(demands.add(firstLookup: firstLookup, at: now))
    }

    /// Gives up waiting; no lookup is made for this ticket any more. Harmless when it is settled already.
    package mutating func cancel(_ ticket: FreshnessTicket) {
        demands.cancel(ticket)
    }

    /// Takes in what the lookup under way found out; without one this does nothing.
    package mutating func apply(_ observation: Observation, at now: Moment) -> MembershipUpdate {
        guard let schedule, schedule.isUnderWay, let start = schedule.lastStarted else { return MembershipUpdate() }
        let before = membership
        let outcome: SettledDemand.Outcome?
        switch observation {
        case .complete(let members, _) where members.isEmpty:
            outcome = applyNegative("answer without addresses", at: now)
        case .complete(let members, let timeToLive):
            outcome = applyComplete(members.normalized(), timeToLive: timeToLive, at: now)
        case .truncated(let members, _):
            outcome = applyTruncated(members.normalized(), at: now)
        case .negative(let reason):
            outcome = applyNegative(reason, at: now)
        case .unknown(let reason):
            outcome = applyUnknown(reason, at: now)
        }
        if outcome == .fresh { believedLookupStart = start }
        self.schedule?.finish(timeToLive: observation.timeToLive, at: now.instant)
        return MembershipUpdate(
            membersChanged: membership.revision != before.revision,
            stalenessChanged: (membership.stale == nil) != (before.stale == nil),
            settled: outcome.map { demands.settle(schedule.count, as: $0) } ?? [])
    }

    private mutating func applyComplete(
        _ answer: [Member], timeToLive: Duration, at now: Moment
    ) -> SettledDemand.Outcome {
        guard answer.count <= settings.maximumMembers else { return applyTruncated(answer, at: now) }
        negatives = nil
        let difference = roll.replace(
            with: answer, hold: max(settings.shortestInterval, min(timeToLive, settings.emptyAfter)),
            limit: settings.maximumMembers, at: now.instant)
        membership.resolvedAt = now.timestamp
        record(difference, reason: "listed in the answer", at: now)
        guard difference.excess == 0 else { return becomeStale(excessReason(difference.excess), at: now) }
        membership.stale = nil
        return .fresh
    }

    private mutating func applyTruncated(_ answer: [Member], at now: Moment) -> SettledDemand.Outcome {
        guard !answer.isEmpty else { return applyUnknown("truncated answer without addresses", at: now) }
        negatives = nil
        let difference = roll.add(answer, limit: settings.maximumMembers)
        membership.resolvedAt = now.timestamp
        record(difference, reason: "listed in a truncated answer", at: now)
        let reason = "truncated answer: some subscribers may be missing, and none is removed"
        return becomeStale(difference.excess == 0 ? reason : excessReason(difference.excess), at: now)
    }

    /// A negative answer may be false: it counts only together with others, and a publish waits for the next one.
    private mutating func applyNegative(_ reason: String, at now: Moment) -> SettledDemand.Outcome? {
        let run = (since: negatives?.since ?? now.instant, count: (negatives?.count ?? 0) + 1)
        negatives = run
        let isEmptyAlready = membership.isConclusive && membership.members.isEmpty
        let duration = now.instant - run.since
        guard isEmptyAlready || run.count >= settings.emptyAnswers && duration >= settings.emptyAfter else {
            becomeStale(
                "\(reason); not believed before \(settings.emptyAfter.text) and \(settings.emptyAnswers) such answers",
                at: now)
            return nil
        }
        let left = roll.removeAll().map { MemberRoll.Departure(member: $0, missingFor: duration) }
        record(MemberRoll.Difference(left: left), reason: "", departure: "\(reason), \(run.count) times", at: now)
        membership.resolvedAt = now.timestamp
        membership.stale = nil
        membership.empty = Staleness(reason: reason, since: membership.empty?.since ?? now.timestamp)
        return .fresh
    }

    private mutating func applyUnknown(_ reason: String, at now: Moment) -> SettledDemand.Outcome {
        negatives = nil
        return becomeStale(reason, at: now)
    }

    @discardableResult
    private mutating func becomeStale(_ reason: String, at now: Moment) -> SettledDemand.Outcome {
        membership.stale = Staleness(reason: reason, since: membership.stale?.since ?? now.timestamp)
        return .failed(reason: reason)
    }

    private func excessReason(_ excess: Int) -> String {
        "\(excess) subscribers beyond the limit of \(settings.maximumMembers) are left out"
    }

    /// Makes the roll the membership, and its difference to the last one part of the changes.
    private mutating func record(
        _ difference: MemberRoll.Difference, reason: String, departure: String = "missing from the answers",
        at now: Moment
    ) {
        guard !difference.isEmpty || !membership.isConclusive else { return }
        membership.revision += 1
        membership.members = roll.members
        if !roll.members.isEmpty { membership.empty = nil }
        let change = { [revision = membership.revision] (kind: MembershipChange.Kind, member: Member, reason: String) in
            MembershipChange(revision: revision, at: now.timestamp, kind: kind, member: member, reason: reason)
        }
        // No more than are kept: a first answer may hold tens of thousands.
        for left in difference.left.suffix(MembershipTracker.maximumChanges) {
            changes.append(change(.left, left.member, "\(departure) for \(left.missingFor.text)"))
        }
        for joined in difference.joined.suffix(MembershipTracker.maximumChanges) {
            changes.append(change(.joined, joined, reason))
        }
        let excess = max(0, changes.count - MembershipTracker.maximumChanges)
        changes.removeFirst(excess)
        forgottenChanges += UInt64(excess)
    }
}

extension Duration {
    /// For people: `30 s`, `5.2 s`.
    fileprivate var text: String {
        let tenths = nanoseconds / 100_000_000
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}
