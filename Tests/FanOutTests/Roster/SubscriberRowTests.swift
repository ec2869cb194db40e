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

    /// The state after `time`, sends going on all the while, and for how long after the start it began.
    private func state(_ time: Duration, lastSend: Duration? = nil) -> (SubscriberState, Duration) {
        let instant = start.instant + time
        let (state, since) = row.state(at: instant, lastSend: lastSend.map { start.instant + $0 } ?? instant)
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

    @Test mutating func `a refusing subscriber recovers when sends go on for 5 seconds without a refusal`() {
        row.note(ECONNREFUSED, at: start + .seconds(10))
        row.note(ECONNREFUSED, at: start + .seconds(12))
        #expect(state(.milliseconds(16_999)) == (.refusing, .seconds(10)))
        #expect(state(.seconds(17)) == (.ok, .seconds(17)))
        #expect(row.lane(at: start.instant + .seconds(12)) == .proven)
    }

    @Test mutating func `a refusing subscriber that nothing is sent to stays refusing`() {
        row.note(ECONNREFUSED, at: start + .seconds(10))
        #expect(state(.seconds(1_000), lastSend: .seconds(10)) == (.refusing, .seconds(10)))
    }

    @Test mutating func `one that refused in its first seconds is unproven again until they are over`() {
        row.note(ECONNREFUSED, at: start)
        #expect(state(.seconds(1)) == (.refusing, .zero))
        #expect(state(.seconds(5)) == (.ok, .seconds(5)))
    }

    @Test mutating func `an error keeps the MTU and the size it was told before`() {
        row.note(EMSGSIZE, byteCount: 2_000, at: start)
        row.note(EMSGSIZE, mtu: 1_400, at: start)
        #expect(row.lastError?.description == "datagram of 2000 bytes exceeds the path's MTU of 1400 (EMSGSIZE)")
        row.note(EACCES, at: start)
        #expect(row.lastError?.description == "permission denied (EACCES)")
    }
}
