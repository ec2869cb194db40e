import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct RosterTests {
    private let now = Moment(instant: Instant(nanoseconds: 1_000_000_000), timestamp: Timestamp(nanoseconds: 0))

    private func member(_ last: UInt32, name: String? = nil) -> Member {
        Member(endpoint: Endpoint(address: IPAddress(v4: 0x0A00_0000 + last), port: 9), name: name)
    }

    private func replace(_ roster: inout Roster, _ members: [Member], number: UInt64) {
        roster.replace(with: members, number: number, sequence: number, cursors: CopyCursors(), at: now)
    }

    @Test func `rows stand in the order of joining, and those who joined by a number are the first`() {
        var roster = Roster()
        replace(&roster, [member(9)], number: 1)
        replace(&roster, [member(1), member(9)], number: 5)
        replace(&roster, [member(1), member(2), member(9)], number: 7)
        #expect(roster.rows.map(\.member) == [member(9), member(1), member(2)])
        #expect((UInt64(1)...8).map { roster.count(joinedBy: $0) } == [1, 1, 1, 1, 2, 2, 3, 3])
    }

    @Test func `one that leaves becomes a former row and one that rejoins gets a row of its own`() throws {
        var roster = Roster()
        replace(&roster, [member(1), member(2)], number: 1)
        replace(&roster, [member(2)], number: 4)
        replace(&roster, [member(1), member(2)], number: 6)
        let former = try #require(roster.former.first)
        #expect(roster.former.count == 1)
        #expect(former.row.member == member(1))
        #expect(former.row.joinedNumber == 1)
        #expect(former.leftNumber == 4)
        #expect(roster.rows.map(\.joinedNumber) == [1, 6])
    }

    @Test func `a renamed member keeps its row`() {
        var roster = Roster()
        replace(&roster, [member(1, name: "old")], number: 1)
        roster.recordFailure(row: 0, numbers: 1..<2, copy: 0, code: 13, settled: 1, at: now)
        replace(&roster, [member(1, name: "new")], number: 4)
        #expect(roster.former.isEmpty)
        #expect(roster.rows[0].member.name == "new")
        #expect(roster.rows[0].joinedNumber == 1)
        #expect(roster.rows[0].failures.contains(1..<2, copy: 0))
    }

    @Test func `former rows go when the ledger remembers nothing they were meant for`() {
        var roster = Roster()
        replace(&roster, [member(1), member(2), member(3)], number: 1)
        replace(&roster, [member(2), member(3)], number: 4)
        replace(&roster, [member(3)], number: 8)
        roster.prune(before: 3)
        #expect(roster.former.count == 2)
        roster.prune(before: 4)
        #expect(roster.former.map(\.leftNumber) == [8])
        #expect(roster.completeFrom == 1)
    }

    @Test func `beyond the limit the oldest former rows go and the roster says from where it is complete`() {
        var roster = Roster()
        let extra = 10
        let members = (0..<UInt32(Roster.maximumFormer + extra)).map { member($0) }
        replace(&roster, members, number: 1)
        replace(&roster, Array(members.dropFirst(extra)), number: 3)
        roster.prune(before: 1)
        #expect(roster.completeFrom == 1)
        replace(&roster, [], number: 5)
        roster.prune(before: 1)
        #expect(roster.former.count == Roster.maximumFormer)
        #expect(roster.completeFrom == 3)
    }

    @Test func `one that joins and leaves between two messages leaves no former row`() {
        var roster = Roster()
        replace(&roster, [member(1)], number: 7)
        replace(&roster, [], number: 7)
        #expect(roster.former.isEmpty)
    }

    @Test func `groups change when a probation ends and not before`() throws {
        let sender = try Sender()
        var roster = Roster()
        replace(&roster, [member(1), member(2)], number: 1)
        roster.regroup(for: sender, at: now.instant)
        #expect(roster.groups.map(\.rows) == [[0], [1]])
        #expect(roster.groups.allSatisfy { $0.socket != sender.socketIndex(of: .proven) })
        roster.regroup(for: sender, at: now.instant + .milliseconds(4_999))
        #expect(roster.groups.count == 2)
        roster.regroup(for: sender, at: now.instant + .seconds(5))
        #expect(roster.groups.map(\.rows) == [[0, 1]])
        #expect(roster.groups.map(\.socket) == [sender.socketIndex(of: .proven)])
    }

    @Test func `one that refuses runs is grouped apart`() throws {
        let sender = try Sender(takesRuns: true)
        var roster = Roster()
        replace(&roster, [member(1), member(2), member(3)], number: 1)
        roster.refuseRuns(row: 1)
        roster.regroup(for: sender, at: now.instant + .seconds(5))
        #expect(roster.groups.map(\.rows) == [[0, 2], [1]])
        #expect(roster.groups.map(\.takesRuns) == [true, false])
    }

    @Test func `a group counts those who joined by a number`() throws {
        let sender = try Sender()
        var roster = Roster()
        replace(&roster, [member(1)], number: 1)
        replace(&roster, [member(1), member(2), member(3)], number: 5)
        replace(&roster, [member(1), member(2), member(3), member(4)], number: 9)
        roster.regroup(for: sender, at: now.instant + .seconds(5))
        #expect((UInt64(0)...10).map { roster.groups[0].count(joinedBy: $0) } == [0, 1, 1, 1, 1, 3, 3, 3, 3, 4, 4])
    }
}
