import Clocks
import Endpoints

/// A topic's subscribers, now and as far back as the ledger remembers.
///
/// Nothing is kept per message and subscriber: who was meant by a message and who was not sent it follows from when
/// each row joined and left and from its failure ranges.
struct Roster {
    /// A row after its subscriber left, and how far further copies had come by then.
    struct Former {
        let row: SubscriberRow
        /// The first datagram not meant for it.
        let leftNumber: UInt64
        let cursors: CopyCursors
    }

    /// The most former rows kept.
    static let maximumFormer = 4_096

    /// In the order in which they joined.
    private(set) var rows: [SubscriberRow] = []
    private(set) var former: [Former] = []
    /// Rows are known for all datagrams from here on.
    private(set) var completeFrom: UInt64 = 1
    private(set) var groups: [SendGroup] = []
    /// The highest datagram number that failed for anybody present.
    private(set) var latestFailure: UInt64 = 0

    /// What is to be told of subscribers that something began, or ceased, to speak against.
    private(set) var troubles = Troubles()

    private var indices: [Endpoint: Int] = [:]
    private var failing: Set<Int> = []
    private var refusing: Set<Int> = []
    private var isGrouped = false
    private var regroupAt: Instant?
    /// How many subscribers ever joined.
    private(set) var joins = 0

    var count: Int { rows.count }

    // MARK: Joining and leaving

    /// Replaces the members; rows of those who stay are kept, and of those who leave if anything was meant for them.
    mutating func replace(
        with members: [Member], number: UInt64, sequence: UInt64, cursors: CopyCursors, at now: Moment
    ) {
        let wanted = Dictionary(members.map { ($0.endpoint, $0) }, uniquingKeysWith: { first, _ in first })
        var staying: [SubscriberRow] = []
        for var row in rows {
            if let member = wanted[row.member.endpoint] {
                row.member = member
                staying.append(row)
            } else if row.joinedNumber < number {
                former.append(Former(row: row, leftNumber: number, cursors: cursors))
            }
        }
        for member in members where indices[member.endpoint] == nil {
            staying.append(SubscriberRow(member: member, number: number, sequence: sequence, slot: joins, at: now))
            joins += 1
        }
        rows = staying
        indices = Dictionary(uniqueKeysWithValues: rows.indices.map { (rows[$0].member.endpoint, $0) })
        failing = Set(rows.indices.filter { rows[$0].failures.latest > 0 })
        refusing = Set(rows.indices)
        latestFailure = rows.map(\.failures.latest).max() ?? 0
        isGrouped = false
    }

    /// Forgets former rows that nothing the ledger remembers was meant for, and the oldest beyond the limit.
    mutating func prune(before number: UInt64) {
        former.removeAll { $0.leftNumber <= number }
        guard former.count > Self.maximumFormer else { return }
        let dropped = former.prefix(former.count - Self.maximumFormer)
        completeFrom = dropped.reduce(completeFrom) { max($0, $1.leftNumber) }
        former.removeFirst(dropped.count)
    }

    // MARK: Groups

    /// Sorts the rows into groups by socket if anything changed or a probation ended. Not while a flight is under way.
    mutating func regroup(for sender: Sender, at now: Instant) {
        if isGrouped, regroupAt.map({ now < $0 }) ?? true { return }
        var members: [GroupKey: [Int]] = [:]
        regroupAt = nil
        for (index, row) in rows.enumerated() {
            let key = GroupKey(
                socket: sender.socketIndex(of: row.lane(at: now)), takesRuns: sender.takesRuns && row.takesRuns)
            members[key, default: []].append(index)
            if row.provenAt > now { regroupAt = min(regroupAt ?? row.provenAt, row.provenAt) }
        }
        groups = members.sorted { $0.key < $1.key }.map { key, indices in
            SendGroup(
                socket: key.socket, takesRuns: key.takesRuns, rows: indices, in: rows, family: sender.family)
        }
        isGrouped = true
    }

    private struct GroupKey: Hashable, Comparable {
        var socket: Int
        var takesRuns: Bool

        static func < (left: GroupKey, right: GroupKey) -> Bool {
            (left.socket, left.takesRuns ? 0 : 1) < (right.socket, right.takesRuns ? 0 : 1)
        }
    }

    /// How many rows had joined when datagram `number` was numbered; they are the first.
    func count(joinedBy number: UInt64) -> Int {
        var count = rows.count
        while count > 0, rows[count - 1].joinedNumber > number { count -= 1 }
        return count
    }

    // MARK: Failures

    mutating func recordFailure(
        row: Int, numbers: Range<UInt64>, copy: Int, code: Int32, settled: UInt64, at now: Moment
    ) {
        if rows[row].noteFailure(from: numbers.lowerBound, at: now) {
            let trouble = SubscriberTrouble(rows[row].member, code: code, error: SubscriberError.text(code))
            // The others are told of by their own errors, whether a send met them or not.
            if trouble.state == .failing { troubles.begin(trouble, at: now.instant) }
        }
        rows[row].failures.record(numbers, copy: copy, code: code, settled: settled)
        latestFailure = max(latestFailure, numbers.upperBound - 1)
        failing.insert(row)
    }

    /// Notes an error about `endpoint`; false when it is no subscriber here.
    @discardableResult
    mutating func note(
        _ code: Int32, about endpoint: Endpoint, mtu: Int? = nil, byteCount: Int? = nil, at now: Moment
    ) -> Bool {
        guard let row = indices[endpoint] else { return false }
        let lane = rows[row].lane(at: now.instant)
        let isTrouble = rows[row].note(code, mtu: mtu, byteCount: byteCount, at: now)
        if isTrouble {
            let error = rows[row].lastError?.description ?? SubscriberError.text(code)
            troubles.begin(SubscriberTrouble(rows[row].member, code: code, error: error), at: now.instant)
        }
        refusing.insert(row)
        if rows[row].lane(at: now.instant) != lane { isGrouped = false }
        return true
    }

    /// Takes what is to be told of subscribers since this was last asked.
    ///
    /// - Parameter newest: the number of the last datagram whose first copies were sent.
    mutating func takeTroubles(newest: UInt64, at now: Instant) -> [SubscriberTrouble] {
        let (rows, indices) = (rows, indices)
        return troubles.take({ indices[$0].map { rows[$0] } }, newest: newest, at: now)
    }

    /// Notes that something was sent to everybody; costs nothing unless somebody refused lately.
    mutating func noteSend(at now: Moment) {
        var isAnyOver = false
        for row in refusing where !rows[row].noteSend(at: now) { isAnyOver = true }
        if isAnyOver { refusing = refusing.filter { rows[$0].noteSend(at: now) } }
    }

    mutating func refuseRuns(row: Int) {
        rows[row].refuseRuns()
        isGrouped = false
    }

    /// Counts the first copy of a message just sent: how many rows it failed for.
    mutating func settleFirst(_ numbers: Range<UInt64>) -> Int {
        guard latestFailure >= numbers.lowerBound else { return 0 }
        var failed = 0
        for row in failing where rows[row].failures.contains(numbers, copy: 0) {
            rows[row].failedMessages += 1
            failed += 1
        }
        return failed
    }

    /// Counts copy `copy` of a message just sent to the first `count` rows: how many it failed for, and how many were
    /// sent it for the first time.
    ///
    /// - Parameter overruns: copies that nobody was sent.
    mutating func settleFurther(
        _ numbers: Range<UInt64>, copy: Int, count: Int, overruns: FailureRanges
    ) -> (failed: Int, recovered: Int) {
        guard latestFailure >= numbers.lowerBound else { return (0, 0) }
        var failed = 0
        var recovered = 0
        for row in failing where row < count {
            if rows[row].failures.contains(numbers, copy: copy) {
                failed += 1
                continue
            }
            let failures = rows[row].failures
            let isFirst = (0..<copy).allSatisfy {
                failures.contains(numbers, copy: $0) || overruns.contains(numbers, copy: $0)
            }
            if isFirst {
                rows[row].failedMessages -= 1
                recovered += 1
            }
        }
        return (failed, recovered)
    }

    /// Lets go of rows whose failures all lie before `number`, the oldest that is still to be sent.
    mutating func forgetFailing(before number: UInt64) {
        guard failing.contains(where: { rows[$0].failures.latest < number }) else { return }
        failing = failing.filter { rows[$0].failures.latest >= number }
    }
}
