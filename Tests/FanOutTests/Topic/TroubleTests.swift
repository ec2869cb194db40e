import Clocks
import Endpoints
import Glibc
import Testing

@testable import Datagrams
@testable import FanOut

/// What is handed over for the log.
struct TroubleTests {
    private func endpoint(_ last: UInt32) -> Endpoint {
        Endpoint(address: IPAddress(v4: 0x7F00_0000 + last), port: 9)
    }

    private func refusal(of endpoint: Endpoint) -> SocketReport {
        SocketReport(endpoint: endpoint, code: ECONNREFUSED, isLocal: false, mtu: nil)
    }

    @Test func `a subscriber that begins to refuse is told once, and again a minute later at the earliest`() throws {
        let fixture = try TopicFixture([endpoint(2), endpoint(3)])
        for _ in 0..<3 { fixture.topic.note(refusal(of: endpoint(3)), at: fixture.now) }
        let troubles = fixture.topic.takeTroubles()
        #expect(troubles.map(\.member.endpoint) == [endpoint(3)])
        #expect(troubles.first?.state == .refusing)
        #expect(troubles.first?.error == "connection refused (ECONNREFUSED)")
        #expect(fixture.topic.takeTroubles().isEmpty)
        let later = fixture.now + .seconds(1)
        fixture.topic.roster.noteSend(at: later)
        fixture.topic.note(refusal(of: endpoint(3)), at: later + .seconds(6))
        #expect(fixture.topic.takeTroubles().isEmpty)
        fixture.topic.roster.noteSend(at: later + .seconds(7))
        fixture.topic.note(refusal(of: endpoint(3)), at: fixture.now + .seconds(60))
        #expect(fixture.topic.takeTroubles().count == 1)
    }

    @Test func `an address that does not answer is told once while it does not`() throws {
        let fixture = try TopicFixture([endpoint(2)])
        for _ in 0..<3 { fixture.topic.noteUnreachable([endpoint(2).address], at: fixture.now) }
        #expect(fixture.topic.takeTroubles().map(\.state) == [.unreachable])
    }

    @Test func `a subscriber that the kernel takes nothing for is told once`() throws {
        // Broadcast without SO_BROADCAST is refused by the kernel itself.
        let broadcast = Endpoint(address: IPAddress(v4: 0xFFFF_FFFF), port: 9)
        let fixture = try TopicFixture([broadcast])
        for text in ["a", "b"] {
            _ = try fixture.publish(text)
            fixture.settle()
        }
        let troubles = fixture.topic.takeTroubles()
        #expect(troubles.map(\.state) == [.failing])
        #expect(troubles.first?.error == "permission denied (EACCES)")
    }

    @Test func `a subscriber that fails every other message is told once in a minute`() throws {
        let pod = try LoopbackPod(broadcast: ())
        let fixture = try TopicFixture([pod.endpoint])
        var troubles = 0
        for index in 0..<20 {
            fixture.sender.allowBroadcast(index % 2 == 0)
            _ = try fixture.publish("x")
            fixture.settle()
            troubles += fixture.topic.takeTroubles().count
            fixture.advance(.seconds(5))
        }
        #expect(troubles == 2)
    }

    @Test func `the troubles that wait are bounded`() {
        var roster = Roster()
        let now = Moment(instant: Instant(nanoseconds: 1), timestamp: Timestamp(nanoseconds: 1))
        let members = (0..<2_000).map {
            Member(endpoint: Endpoint(address: IPAddress(v4: 0x0A00_0000 + UInt32($0)), port: 9))
        }
        roster.replace(with: members, number: 1, sequence: 1, cursors: CopyCursors(), at: now)
        for member in members { roster.note(ECONNREFUSED, about: member.endpoint, at: now) }
        #expect(roster.takeTroubles().count == Roster.maximumTroubles)
    }
}
