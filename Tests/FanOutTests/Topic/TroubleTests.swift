import Clocks
import Endpoints
import Glibc
import Testing

@testable import Datagrams
@testable import FanOut

extension TopicFixture {
    fileprivate func takeTroubles() -> [SubscriberTrouble] { topic.takeTroubles(at: now.instant) }
}

/// What is handed over for the log.
struct TroubleTests {
    private func endpoint(_ last: UInt32) -> Endpoint {
        Endpoint(address: IPAddress(v4: 0x7F00_0000 + last), port: 9)
    }

    private func refusal(of endpoint: Endpoint) -> SocketReport {
        SocketReport(endpoint: endpoint, code: ECONNREFUSED, isLocal: false, mtu: nil)
    }

    @Test func `a subscriber that begins to refuse is told once while it does`() throws {
        let fixture = try TopicFixture([endpoint(2), endpoint(3)])
        for _ in 0..<3 { fixture.topic.note(refusal(of: endpoint(3)), at: fixture.now) }
        let troubles = fixture.takeTroubles()
        #expect(troubles.map(\.member.endpoint) == [endpoint(3)])
        #expect(troubles.first?.state == .refusing)
        #expect(troubles.first?.error == "connection refused (ECONNREFUSED)")
        for _ in 0..<100 {
            fixture.advance(.seconds(4))
            fixture.topic.roster.noteSend(at: fixture.now)
            fixture.topic.note(refusal(of: endpoint(3)), at: fixture.now)
            #expect(fixture.takeTroubles().isEmpty)
        }
    }

    @Test func `that a subscriber refuses no more is told once, and that it does again after that`() throws {
        let fixture = try TopicFixture([endpoint(2)])
        fixture.topic.note(refusal(of: endpoint(2)), at: fixture.now)
        #expect(fixture.takeTroubles().map(\.isOver) == [false])
        fixture.topic.roster.noteSend(at: fixture.now)
        fixture.advance(.milliseconds(4_999))
        #expect(fixture.takeTroubles().isEmpty)
        fixture.advance(.milliseconds(1))
        #expect(fixture.takeTroubles().map(\.isOver) == [true])
        #expect(fixture.takeTroubles().isEmpty)
        fixture.advance(.seconds(60))
        fixture.topic.note(refusal(of: endpoint(2)), at: fixture.now)
        #expect(fixture.takeTroubles().map(\.state) == [.refusing])
    }

    @Test func `trouble that begins again too soon is told 10 seconds after the last, if it lasts`() throws {
        let fixture = try TopicFixture([endpoint(2)])
        fixture.topic.note(refusal(of: endpoint(2)), at: fixture.now)
        fixture.topic.roster.noteSend(at: fixture.now)
        fixture.advance(.seconds(5))
        #expect(fixture.takeTroubles().map(\.isOver) == [false, true])
        fixture.advance(.seconds(1))
        fixture.topic.note(refusal(of: endpoint(2)), at: fixture.now)
        fixture.advance(.milliseconds(3_999))
        #expect(fixture.takeTroubles().isEmpty)
        #expect(fixture.topic.watchesTroubles)
        fixture.advance(.milliseconds(1))
        #expect(fixture.takeTroubles().map(\.isOver) == [false])
    }

    @Test func `nothing is watched once trouble is over, nor of a subscriber that left`() throws {
        let fixture = try TopicFixture([endpoint(2), endpoint(3)])
        for last in [UInt32(2), 3] { fixture.topic.note(refusal(of: endpoint(last)), at: fixture.now) }
        fixture.topic.roster.noteSend(at: fixture.now)
        fixture.join([endpoint(2)])
        fixture.advance(.seconds(10))
        let over = fixture.takeTroubles().filter(\.isOver)
        #expect(over.map(\.member.endpoint) == [endpoint(2)])
        #expect(!fixture.topic.watchesTroubles)
    }

    @Test func `an address that does not answer is told once while it does not`() throws {
        let fixture = try TopicFixture([endpoint(2)])
        for _ in 0..<3 { fixture.topic.noteUnreachable([endpoint(2).address], at: fixture.now) }
        #expect(fixture.takeTroubles().map(\.state) == [.unreachable])
        // The neighbour is looked for for some seconds after each send, and found out to be dead again.
        for second in 0..<100 {
            fixture.advance(.seconds(1))
            if second % 10 == 0 { fixture.topic.roster.noteSend(at: fixture.now) }
            if second % 10 == 3 { fixture.topic.noteUnreachable([endpoint(2).address], at: fixture.now) }
            #expect(fixture.takeTroubles().isEmpty)
        }
        for _ in 0..<60 {
            fixture.advance(.seconds(1))
            #expect(fixture.takeTroubles().isEmpty)
        }
        fixture.topic.roster.noteSend(at: fixture.now)
        fixture.advance(.seconds(5))
        #expect(fixture.takeTroubles().map(\.isOver) == [true])
    }

    @Test func `a subscriber that the kernel takes nothing for is told once`() throws {
        // Broadcast without SO_BROADCAST is refused by the kernel itself.
        let broadcast = Endpoint(address: IPAddress(v4: 0xFFFF_FFFF), port: 9)
        let fixture = try TopicFixture([broadcast])
        for text in ["a", "b"] {
            _ = try fixture.publish(text)
            fixture.settle()
        }
        let troubles = fixture.takeTroubles()
        #expect(troubles.map(\.state) == [.failing])
        #expect(troubles.first?.error == "permission denied (EACCES)")
    }

    @Test func `a subscriber that fails every other message is told once`() throws {
        let pod = try LoopbackPod(broadcast: ())
        let fixture = try TopicFixture([pod.endpoint])
        var troubles = 0
        for index in 0..<20 {
            fixture.sender.allowBroadcast(index % 2 == 0)
            _ = try fixture.publish("x")
            fixture.settle()
            troubles += fixture.takeTroubles().count
            fixture.advance(.seconds(2))
        }
        #expect(troubles == 1)
    }

    @Test func `the troubles that wait are bounded`() {
        var roster = Roster()
        let now = Moment(instant: Instant(nanoseconds: 1), timestamp: Timestamp(nanoseconds: 1))
        let members = (0..<2_000).map {
            Member(endpoint: Endpoint(address: IPAddress(v4: 0x0A00_0000 + UInt32($0)), port: 9))
        }
        roster.replace(with: members, number: 1, sequence: 1, cursors: CopyCursors(), at: now)
        for member in members { roster.note(ECONNREFUSED, about: member.endpoint, at: now) }
        #expect(roster.takeTroubles(newest: 0, at: now.instant).count == Troubles.maximumWaiting)
        // The others are owed.
        #expect(roster.takeTroubles(newest: 0, at: now.instant).count == Troubles.maximumWaiting)
        #expect(roster.takeTroubles(newest: 0, at: now.instant).isEmpty)
    }
}
