/// What one answer of the source changed.
package struct MembershipUpdate: Hashable, Sendable {
    /// Whether the revision went up: members joined, left or got another name, or the first answer was believed.
    package var membersChanged = false

    /// Whether the membership became stale or is so no longer.
    package var stalenessChanged = false

    /// Publishes that need not wait any more, in order of arrival.
    package var settled: [SettledDemand] = []
}
