import Clocks
import Endpoints
import Glibc
import Testing

@testable import FanOut

struct SubscriberRowTests {
    private let start = Moment(
        instant: Instant(nanoseconds: 50_000_000_000), timestamp: Timestamp(nanoseconds: 1_000_000_000_000))
    private var row: SubscriberRow

    init() {
        let endpoint = Endpoint(address: IPAddress(v4: 0x0A00_0001), port: 9)
        row = SubscriberRow(member: Member(endpoint: endpoint), number: 1, sequence: 1, slot: 3, at: start)
    }

    /// The state after `time`, and for how long after the start it began.
    private func state(_ time: Duration, newest: UInt64 = 1) -> (SubscriberState, Duration) {
        let (state, since) = row.state(at: start.instant + time, newest: newest)
        return (state, .nanoseconds(since.nanoseconds - start.timestamp.nanoseconds))
    }

    @Test func `a new subscriber is unproven for 5 seconds and then ok`() {
        #expect(state(.zero) == (.unproven, .zero))
        #expect(state(.milliseconds(4_999)) == (.unproven, .zero))
        #expect(state(.seconds(5)) == (.ok, .seconds(5)))
        #expect(state(.seconds(500)) == (.ok, .seconds(5)))
        #expect(row.lane(at: start.instant + .milliseconds(4_999)) == .fresh(3))
        #expect(row.lane(at: start.instant + .seconds(5)) == .proven)
    }

    @Test(arguments: [EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN])
    mutating func `an unreachable subscriber is so until 5 seconds pass without an error`(code: Int32) {
        row.note(code, at: start + .seconds(10))
        #expect(state(.seconds(10)) == (.unreachable, .seconds(10)))
        #expect(row.lane(at: start.instant + .seconds(10)) == .unreachable(3))
        row.note(code, at: start + .seconds(14))
        #expect(state(.milliseconds(18_999)) == (.unreachable, .seconds(10)))
        #expect(state(.seconds(19)) == (.ok, .seconds(19)))
        row.note(code, at: start + .seconds(30))
        #expect(state(.seconds(30)) == (.unreachable, .seconds(30)))
    }

    @Test mutating func `a new subscriber that is unreachable is called so since the first error`() {
        row.note(EHOSTUNREACH, at: start + .seconds(1))
        row.note(EHOSTUNREACH, at: start + .seconds(3))
        #expect(state(.seconds(4)) == (.unreachable, .seconds(1)))
        #expect(state(.seconds(8)) == (.ok, .seconds(8)))
    }

    @Test mutating func `a refusing subscriber recovers when a datagram stands for 5 seconds without a refusal`() {
        row.note(ECONNREFUSED, at: start + .seconds(10))
        row.note(ECONNREFUSED, at: start + .seconds(12))
        #expect(row.lane(at: start.instant + .seconds(12)) == .proven)
        _ = row.noteSend(at: start + .seconds(20))
        _ = row.noteSend(at: start + .seconds(24))
        #expect(state(.milliseconds(24_999)) == (.refusing, .seconds(10)))
        #expect(state(.seconds(25)) == (.ok, .seconds(20)))
    }

    @Test mutating func `one that refuses every few seconds has refused since the first time`() {
        for second in stride(from: 10, to: 60, by: 6) {
            _ = row.noteSend(at: start + .seconds(second))
            row.note(ECONNREFUSED, at: start + .seconds(second) + .milliseconds(1))
        }
        #expect(state(.seconds(64)) == (.refusing, .seconds(10) + .milliseconds(1)))
    }

    @Test mutating func `one that refuses again after it recovered has refused since then`() {
        row.note(ECONNREFUSED, at: start + .seconds(10))
        _ = row.noteSend(at: start + .seconds(20))
        row.note(ECONNREFUSED, at: start + .seconds(30))
        #expect(state(.seconds(30)) == (.refusing, .seconds(30)))
    }

    @Test mutating func `a refusing subscriber that nothing is sent to stays refusing`() {
        row.note(ECONNREFUSED, at: start + .seconds(10))
        #expect(state(.seconds(1_000)) == (.refusing, .seconds(10)))
    }

    @Test mutating func `a refusal is watched until it is over`() {
        var isWatched = [row.noteSend(at: start)]
        row.note(ECONNREFUSED, at: start)
        isWatched.append(row.noteSend(at: start + .seconds(1)))
        isWatched.append(row.noteSend(at: start + .seconds(6)))
        #expect(isWatched == [false, true, false])
    }

    @Test mutating func `one that the newest message was not taken for is failing since the first of them`() {
        func fail(_ number: UInt64, at seconds: Int) {
            row.noteFailure(from: number, at: start + .seconds(seconds))
            row.failures.record(number..<number + 1, copy: 0, code: EACCES, settled: number)
            row.note(EACCES, at: start + .seconds(seconds))
        }
        fail(1, at: 10)
        fail(2, at: 11)
        #expect(state(.seconds(12), newest: 2) == (.failing, .seconds(10)))
        #expect(state(.seconds(12), newest: 3) == (.ok, .seconds(5)))
        fail(4, at: 13)
        #expect(state(.seconds(14), newest: 4) == (.failing, .seconds(13)))
    }

    @Test mutating func `an error keeps the MTU and the size it was told before`() {
        row.note(EMSGSIZE, byteCount: 2_000, at: start)
        row.note(EMSGSIZE, mtu: 1_400, at: start)
        #expect(row.lastError?.description == "datagram of 2000 bytes exceeds the path's MTU of 1400 (EMSGSIZE)")
        row.note(EACCES, at: start)
        #expect(row.lastError?.description == "permission denied (EACCES)")
    }
}
