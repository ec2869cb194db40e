import Clocks
import Endpoints

/// The members of a topic, and for how long some of them have been missing from the answers.
struct MemberRoll: Sendable {
    private struct Absence {
        /// The first complete answer without the member.
        var since: Instant

        /// How much later another one must come: until then it may be the same answer out of a cache.
        var hold: Duration
    }

    struct Departure {
        var member: Member
        var missingFor: Duration
    }

    struct Difference {
        var joined: [Member] = []
        var left: [Departure] = []
        var isRenamed = false

        /// Members of the answer that were not taken in because of the limit.
        var excess = 0

        var isEmpty: Bool { joined.isEmpty && left.isEmpty && !isRenamed }
    }

    /// Sorted by endpoint, each once.
    private(set) var members: [Member] = []
    private var absences: [Endpoint: Absence] = [:]

    /// Takes in a complete answer: new members at once; missing ones go when their hold is over.
    ///
    /// - Parameter hold: of those whom this answer is the first to miss.
    mutating func replace(
        with answer: [Member], hold: Duration, limit: Int, at now: Instant
    ) -> Difference {
        merge(answer, limit: limit) { roll, member in
            let absence = roll.absences[member.endpoint] ?? Absence(since: now, hold: hold)
            let missingFor = now - absence.since
            guard missingFor >= absence.hold else {
                roll.absences[member.endpoint] = absence
                return nil
            }
            roll.absences[member.endpoint] = nil
            return missingFor
        }
    }

    /// Takes in an incomplete answer: nobody leaves.
    mutating func add(_ answer: [Member], limit: Int) -> Difference {
        merge(answer, limit: limit) { _, _ in nil }
    }

    /// Everybody leaves.
    mutating func removeAll() -> [Member] {
        defer { self = MemberRoll() }
        return members
    }

    /// Merges the sorted `answer` into the sorted members.
    ///
    /// - Parameter departure: asked for each member that is not in the answer; how long it has been missing if it leaves.
    private mutating func merge(
        _ answer: [Member], limit: Int, departure: (inout MemberRoll, Member) -> Duration?
    ) -> Difference {
        var difference = Difference()
        var result: [Member] = []
        result.reserveCapacity(max(members.count, answer.count))
        var joining: [Int] = []
        var index = 0
        for candidate in answer {
            while index < members.count, members[index].endpoint < candidate.endpoint {
                keep(members[index], in: &result, difference: &difference, departure: departure)
                index += 1
            }
            if index < members.count, members[index].endpoint == candidate.endpoint {
                if members[index].name != candidate.name { difference.isRenamed = true }
                absences[candidate.endpoint] = nil
                index += 1
            } else {
                joining.append(result.count)
            }
            result.append(candidate)
        }
        while index < members.count {
            keep(members[index], in: &result, difference: &difference, departure: departure)
            index += 1
        }
        difference.excess = min(joining.count, max(0, result.count - limit))
        // Whoever is in stays in: the limit keeps the last of the new ones out.
        difference.joined = joining.dropLast(difference.excess).map { result[$0] }
        let excluded = Set(joining.suffix(difference.excess))
        members = excluded.isEmpty ? result : result.indices.filter { !excluded.contains($0) }.map { result[$0] }
        return difference
    }

    private mutating func keep(
        _ member: Member, in result: inout [Member], difference: inout Difference,
        departure: (inout MemberRoll, Member) -> Duration?
    ) {
        if let missingFor = departure(&self, member) {
            difference.left.append(Departure(member: member, missingFor: missingFor))
        } else {
            result.append(member)
        }
    }
}
