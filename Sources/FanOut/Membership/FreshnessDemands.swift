import Clocks

/// Stands for a publish that waits for a fresh membership.
package struct FreshnessTicket: Hashable, Sendable {
    let number: UInt64
}

/// The answer to a publish that wants a membership no older than some age.
package enum FreshnessAnswer: Hashable, Sendable {
    /// The membership is fresh enough as it is.
    case fresh

    /// A lookup will tell; the ticket is in the update of the answer that settles it.
    case waiting(FreshnessTicket)
}

/// How waiting for a fresh membership ended.
package struct SettledDemand: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case fresh
        case failed(reason: String)
    }

    package var ticket: FreshnessTicket
    package var outcome: Outcome
}

/// The publishes that wait for a lookup, in order of arrival.
struct FreshnessDemands: Sendable {
    private struct Demand {
        var ticket: FreshnessTicket
        var arrivedAt: Instant

        /// The first lookup whose answer is recent enough.
        var firstLookup: UInt64
    }

    private var demands: [Demand] = []
    private var count: UInt64 = 0

    /// When the first of those came; nil when nobody waits.
    var earliestArrival: Instant? { demands.first?.arrivedAt }

    var waiting: Int { demands.count }

    mutating func add(firstLookup: UInt64, at now: Instant) -> FreshnessTicket {
        count += 1
        let ticket = FreshnessTicket(number: count)
        demands.append(Demand(ticket: ticket, arrivedAt: now, firstLookup: firstLookup))
        return ticket
    }

    mutating func cancel(_ ticket: FreshnessTicket) {
        demands.removeAll { $0.ticket == ticket }
    }

    /// Ends the wait of everybody for whom `lookup` is recent enough.
    mutating func settle(_ lookup: UInt64, as outcome: SettledDemand.Outcome) -> [SettledDemand] {
        guard !demands.isEmpty else { return [] }
        let settled = demands.filter { $0.firstLookup <= lookup }
        demands.removeAll { $0.firstLookup <= lookup }
        return settled.map { SettledDemand(ticket: $0.ticket, outcome: outcome) }
    }
}
