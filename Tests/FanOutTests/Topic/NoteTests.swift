import Clocks
import Endpoints
import Glibc
import Testing

@testable import Datagrams
@testable import FanOut

struct NoteTests {
    private func endpoint(_ last: UInt32, _ port: UInt16 = 9) -> Endpoint {
        Endpoint(address: IPAddress(v4: 0x7F00_0000 + last), port: port)
    }

    @Test func `a report of an MTU without a port is about the rows of that address that met the same error`() throws {
        let fixture = try TopicFixture([endpoint(2), endpoint(2, 10), endpoint(3)])
        fixture.topic.note(
            SocketReport(endpoint: endpoint(2), code: EMSGSIZE, isLocal: true, mtu: nil), at: fixture.now)
        fixture.topic.note(
            SocketReport(endpoint: endpoint(2, 0), code: EMSGSIZE, isLocal: true, mtu: 1_280), at: fixture.now)
        #expect(fixture.row(endpoint(2))?.lastError == "datagram exceeds the path's MTU of 1280 (EMSGSIZE)")
        #expect(fixture.row(endpoint(2, 10))?.lastError == nil)
        #expect(fixture.row(endpoint(3))?.lastError == nil)
    }

    @Test func `an address that does not answer makes each of its subscribers unreachable`() throws {
        let fixture = try TopicFixture([endpoint(2), endpoint(2, 10), endpoint(3)])
        fixture.prove()
        fixture.topic.noteUnreachable([endpoint(2).address, endpoint(7).address], at: fixture.now)
        #expect(fixture.rows.map(\.state) == [.unreachable, .unreachable, .ok])
        #expect(fixture.rows[0].lastError == "no route to host (EHOSTUNREACH)")
        #expect(fixture.rows[0].failed == 0)
    }

    @Test func `a report about nobody here changes nothing`() throws {
        let fixture = try TopicFixture([endpoint(2)])
        fixture.topic.note(
            SocketReport(endpoint: endpoint(2, 11), code: ECONNREFUSED, isLocal: false, mtu: nil), at: fixture.now)
        #expect(fixture.row(endpoint(2))?.lastError == nil)
    }

    @Test func `what was reported after a send is never charged to a message`() throws {
        let closed = try LoopbackPod.closed(2)
        let fixture = try TopicFixture([closed])
        let position = try fixture.publish("x")
        fixture.settle()
        fixture.passReports()
        #expect(fixture.row(closed)?.lastError == "connection refused (ECONNREFUSED)")
        #expect(fixture.row(closed)?.failed == 0)
        #expect(fixture.ledger[position]?.failed == 0)
        #expect(fixture.outcomes(position)[closed]?.error == nil)
    }
}
