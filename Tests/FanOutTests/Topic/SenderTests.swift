import Clocks
import Datagrams
import Endpoints
import Testing

@testable import FanOut

struct SenderTests {
    @Test func `new subscribers are spread over the sockets for new ones`() throws {
        let sender = try Sender()
        let fresh = Set((0..<100).map { sender.socketIndex(of: .fresh($0)) })
        let unreachable = Set((0..<100).map { sender.socketIndex(of: .unreachable($0)) })
        #expect(fresh.count == Sender.freshSockets)
        #expect(unreachable.count == Sender.unreachableSockets)
        #expect(fresh.isDisjoint(with: unreachable))
        #expect(!fresh.union(unreachable).contains(sender.socketIndex(of: .proven)))
        #expect(sender.sockets.count == 1 + Sender.freshSockets + Sender.unreachableSockets)
    }

    @Test func `a subscriber keeps its source port while others join and leave`() throws {
        let pod = try LoopbackPod(2)
        let others = try LoopbackPod(everywhere: ())
        let fixture = try TopicFixture([pod.endpoint])
        var ports: Set<UInt16> = []
        for round in 0..<10 {
            fixture.join([pod.endpoint] + others.endpoints(UInt32(round)))
            try fixture.publish("x")
            fixture.settle()
            withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
                if let sender = pod.socket.receive(into: buffer)?.sender { ports.insert(sender.port) }
            }
        }
        #expect(ports.count == 1)
    }

    @Test func `proven subscribers are sent to from the source that was asked for`() throws {
        let pod = try LoopbackPod(2)
        let source = try LoopbackPod.closed(7)
        let sender = try Sender(source: source)
        #expect(sender.source == source)
        #expect(Set(sender.sockets.map { $0.socket.endpoint?.address }) == [source.address])
        #expect(Set(sender.sockets.map { $0.socket.endpoint?.port }).count == sender.sockets.count)
        _ = pod
    }

    @Test func `reports are handed out once`() throws {
        let closed = try LoopbackPod.closed(2)
        let fixture = try TopicFixture([closed])
        fixture.prove()
        try fixture.publish("x")
        fixture.settle()
        #expect(fixture.sender.drain(0) == 1)
        #expect(fixture.sender.drain(0) == 0)
        let reports = fixture.sender.takeReports()
        #expect(reports.map(\.endpoint) == [closed])
        #expect(fixture.sender.takeReports().isEmpty)
    }

    @Test func `what is sent to a source port is read and dropped`() throws {
        let fixture = try TopicFixture()
        let port = try #require(fixture.sender.source?.port)
        let intruder = try TopicFixture([Endpoint(address: .loopback, port: port)])
        for _ in 0..<100 { try intruder.publish("garbage") }
        intruder.settle()
        #expect(fixture.sender.discardArrivals(0) == 100)
        #expect(fixture.sender.discardArrivals(0) == 0)
    }
}
