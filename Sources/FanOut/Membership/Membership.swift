import Clocks

/// A topic's subscribers now, and how well that is known.
package struct Membership: Hashable, Sendable {
    /// The number of the last change of ``members``; 0 until the first conclusive answer, which is 1 even when it is that
    /// there is nobody.
    package internal(set) var revision: UInt64 = 0

    /// Sorted by endpoint, each endpoint once.
    package internal(set) var members: [Member] = []

    /// When the source last gave an answer that was believed.
    package internal(set) var resolvedAt: Timestamp?

    package let source: MembershipSource

    /// Why ``members`` may no longer be true; nil while they are as the source says.
    package internal(set) var stale: Staleness?

    /// Why there is nobody, and since when that is believed; nil while there is somebody or nothing is known.
    package internal(set) var empty: Staleness?

    /// Whether the source has ever given an answer that was believed.
    package var isConclusive: Bool { revision > 0 }

    init(source: MembershipSource) {
        self.source = source
    }
}

/// Where a membership comes from; the raw value is its word in JSON.
package enum MembershipSource: String, Hashable, Sendable {
    /// Lookups of a headless service's name.
    case dns

    /// A list in the configuration.
    case `static`
}

/// Why a membership may no longer be true, or why it is empty, and since when.
package struct Staleness: Hashable, Sendable {
    /// The latest reason, for people.
    package var reason: String

    /// The first of the answers in a row that were not good.
    package var since: Timestamp
}

/// One subscriber that joined or left.
package struct MembershipChange: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case joined
        case left
    }

    /// The membership's revision from this change on.
    package var revision: UInt64

    package var at: Timestamp
    package var kind: Kind
    package var member: Member

    /// For people: `listed in the answer`, `missing from answers 5.2 s apart`.
    package var reason: String
}
