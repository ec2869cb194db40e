import Clocks
import Records
import Service

/// The responses that are accepted and not answered: those that wait, and those that the writer was given.
///
/// While the writer stores one group, what comes goes straight to the next. For the rest it is passive: the loop takes
/// groups out of it and brings back what became of them. Loop thread only.
final class Intake {
    /// What was promised room, in responses and bytes; given back once each is settled.
    private(set) var responses = 0
    private(set) var bytes = 0
    private var waiting = Queue<Entry>()
    /// What failed and comes first.
    private var again = Queue<Entry>()
    /// What the writer was given, in that order.
    private var given: [Entry] = []
    private var givenSince: Instant?
    private let next: NextGroup
    /// By deadline.
    private var submissions = Queue<Submission>()

    private let limits: RecorderConfiguration

    init(_ configuration: RecorderConfiguration, next: NextGroup) {
        limits = configuration
        self.next = next
    }

    var waitingCount: Int { again.count + waiting.count }

    /// Since when the store has owed an answer for a group.
    var storingSince: Instant? { given.isEmpty ? nil : givenSince }

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
        if waitingCount == 0, next.add(CollectionOfOne((entry.response, entry.bytes))) == 1 {
            given.append(entry)
        } else {
            waiting.append(entry)
        }
    }

    /// Takes what waits, as far as it fits into one commit; nothing while the writer has something to store.
    func takeGroup(at now: Instant) -> [Response] {
        guard given.isEmpty else { return [] }
        var size = 0
        while given.count < limits.maximumGroupResponses, let entry = again.first ?? waiting.first,
            given.isEmpty || size + entry.bytes <= limits.maximumGroupBytes
        {
            if again.isEmpty { waiting.removeFirst() } else { again.removeFirst() }
            take(entry, &size)
        }
        givenSince = now
        return given.map(\.response)
    }

    /// Adds what waits to the group that the writer stores next, as far as it takes it; nothing before all that failed
    /// was tried again.
    func fillNext() {
        guard again.isEmpty, !waiting.isEmpty else { return }
        dropSettled()
        // Most of the time all of it fits; where it does not, the rest comes soon.
        let open = waiting.prefix(limits.maximumGroupResponses).filter(\.isOpen)
        var count = next.add(open.lazy.map { ($0.response, $0.bytes) })
        given += open.prefix(count)
        while count > 0, let entry = waiting.first {
            waiting.removeFirst()
            if entry.isOpen { count -= 1 } else { release(entry) }
        }
    }

    /// The first `count` responses that were given are stored: nothing of them is open any more here.
    func finish(_ count: Int, at now: Instant) -> [Entry] {
        let entries = Array(given.prefix(count))
        given.removeFirst(entries.count)
        givenSince = now
        for entry in entries { release(entry) }
        return entries
    }

    /// What was given has to be tried again, as far as somebody still waits for it.
    func returnGiven() {
        // In front, where those before it failed as well.
        let failed = given + again
        given = []
        again = Queue()
        for entry in failed {
            if entry.isOpen { again.append(entry) } else { release(entry) }
        }
    }

    /// Lets go of all that was given and all that waits.
    func takeAll() -> [Entry] {
        let entries = given + again + waiting
        given = []
        again = Queue()
        waiting = Queue()
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
        given.append(entry)
    }

    private func release(_ entry: Entry) {
        responses -= 1
        bytes -= entry.bytes
    }
}
