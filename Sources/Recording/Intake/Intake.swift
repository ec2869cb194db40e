import Clocks
import Records
import Service

/// The responses that are accepted and not answered: those that wait, and the group that is being stored.
///
/// Passive: the loop takes groups out of it and brings back what became of them. Loop thread only.
final class Intake {
    /// What was promised room, in responses and bytes; given back once each is settled.
    private(set) var responses = 0
    private(set) var bytes = 0
    private var waiting = Queue<Entry>()
    /// What failed and comes first.
    private var again: [Entry] = []
    private(set) var group: [Entry] = []
    private var groupSince: Instant?
    /// By deadline.
    private var submissions = Queue<Submission>()

    private let limits: RecorderConfiguration

    init(_ configuration: RecorderConfiguration) {
        limits = configuration
    }

    var waitingCount: Int { again.count + waiting.count }

    var isStoring: Bool { !group.isEmpty }

    /// Since when the store has owed an answer for the group.
    var storingSince: Instant? { group.isEmpty ? nil : groupSince }

    /// When the first request is to be answered whatever the store says.
    var deadline: Instant? { submissions.first?.deadline }

    /// Whether `count` responses of `bytes` together find room.
    func hasRoom(for count: Int, bytes more: Int) -> Bool {
        responses + count <= limits.maximumWaitingResponses && bytes + more <= limits.maximumWaitingBytes
    }

    /// Expects the responses of `submission`, which has to be answered by its deadline.
    func begin(_ submission: Submission) {
        submissions.append(submission)
    }

    func add(_ entry: Entry) {
        responses += 1
        bytes += entry.bytes
        waiting.append(entry)
    }

    /// Takes what waits, as far as it fits into one commit; nothing while a group is being stored.
    func nextGroup(at now: Instant) -> [Response] {
        guard group.isEmpty else { return [] }
        var size = 0
        for entry in again { take(entry, &size) }
        again = []
        while group.count < limits.maximumGroupResponses, let entry = waiting.first,
            group.isEmpty || size + entry.bytes <= limits.maximumGroupBytes
        {
            waiting.removeFirst()
            take(entry, &size)
        }
        groupSince = now
        return group.map(\.response)
    }

    /// The group is stored, or will never be: nothing of it is open any more here.
    func finishGroup() -> [Entry] {
        for entry in group { release(entry) }
        defer { group = [] }
        return group
    }

    /// The group has to be tried again, as far as somebody still waits for it.
    func returnGroup() {
        again = group.filter(\.isOpen)
        for entry in group where !entry.isOpen { release(entry) }
        group = []
    }

    /// Lets go of all that waits.
    func takeWaiting() -> [Entry] {
        var entries = again
        again = []
        while let entry = waiting.first {
            entries.append(entry)
            waiting.removeFirst()
        }
        for entry in entries { release(entry) }
        return entries
    }

    /// The requests that have waited for too long, which are to be answered now.
    func takeOverdue(at now: Instant) -> [Submission] {
        var overdue: [Submission] = []
        while let first = submissions.first, first.isAnswered || first.deadline <= now {
            if !first.isAnswered { overdue.append(first) }
            submissions.removeFirst()
        }
        return overdue
    }

    /// Drops from the front what nobody waits for any more, so that it does not take room.
    func dropSettled() {
        while let entry = waiting.first, !entry.isOpen {
            waiting.removeFirst()
            release(entry)
        }
    }

    private func take(_ entry: Entry, _ size: inout Int) {
        guard entry.isOpen else { return release(entry) }
        size += entry.bytes
        group.append(entry)
    }

    private func release(_ entry: Entry) {
        responses -= 1
        bytes -= entry.bytes
    }
}
