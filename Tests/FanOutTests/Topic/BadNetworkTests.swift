import Clocks
import Datagrams
import Endpoints
import Glibc
import Testing

@testable import FanOut

@Suite(.enabled(if: NetworkNamespace.isAvailable, "needs root and ip(8) to make a network namespace"))
struct BadNetworkTests {
    /// 10.9.0.1 takes what loopback takes, 10.9.0.2 no packet above 1,000 bytes.
    private static let narrow = [
        "ip addr add 10.9.0.1/32 dev lo", "ip addr add 10.9.0.2/32 dev lo",
        "ip route replace local 10.9.0.2 dev lo table local proto kernel scope host mtu 1000",
    ]
    /// Nobody answers in 10.8.0.0/24.
    private static let silent = [
        "ip link add v0 type veth peer name v1", "ip addr add 10.8.0.1/24 dev v0", "ip link set v0 up",
        "ip link set v1 up",
    ]

    /// Beyond the first kilobyte or two nothing leaves by v0; loopback is as ever.
    private static let congested =
        silent + (2...4).map { "ip neigh add 10.8.0.\($0) lladdr 02:00:00:00:00:0\($0) dev v0" }
        + ["tc qdisc add dev v0 root tbf rate 8kbit burst 1540 limit 1600"]

    @Test func `one whose route refuses runs is served one by one, and no other`() throws {
        let result = try NetworkNamespace.run(Self.narrow) {
            let wide = try LoopbackPod(IPAddress(v4: 0x0A09_0001))
            let narrow = try LoopbackPod(IPAddress(v4: 0x0A09_0002))
            let fixture = try TopicFixture([narrow.endpoint, wide.endpoint], takesRuns: true, fragments: true)
            for _ in 0..<2 {
                for index in 0..<10 { try fixture.publish("\(index)", byteCount: 1_100) }
                fixture.settle()
                fixture.advance(.seconds(10))
            }
            let texts = [wide.texts(), narrow.texts()].map { $0.map { String($0.prefix { $0 != "." }) } }
            return (texts, fixture.topic.counters, fixture.topic.roster.rows.map(\.takesRuns))
        }
        let twice = (0..<20).map { "\($0 % 10)" }
        #expect(result.0 == [twice, twice])
        #expect(result.1.runsRefused == 1)
        #expect(result.1.copiesFailed == 0)
        #expect(result.1.copiesSent == 40)
        #expect(result.2 == [false, true])
    }

    @Test func `a datagram beyond the MTU fails for that endpoint and its receipt names its own size`() throws {
        let result = try NetworkNamespace.run(Self.narrow) {
            let wide = try LoopbackPod(IPAddress(v4: 0x0A09_0001))
            let narrow = try LoopbackPod(IPAddress(v4: 0x0A09_0002))
            let fixture = try TopicFixture([narrow.endpoint, wide.endpoint])
            let positions = [try fixture.publish("x", byteCount: 1_100), try fixture.publish("x", byteCount: 1_200)]
            fixture.settle()
            fixture.passReports()
            let small = try fixture.publish("x", byteCount: 900)
            fixture.settle()
            return (
                (positions + [small]).map { fixture.outcomes($0)[narrow.endpoint]?.error },
                (positions + [small]).map { fixture.ledger[$0]?.failed }, [wide.texts().count, narrow.texts().count]
            )
        }
        #expect(
            result.0 == [
                "datagram of 1100 bytes exceeds the path's MTU of 1000 (EMSGSIZE)",
                "datagram of 1200 bytes exceeds the path's MTU of 1000 (EMSGSIZE)", nil,
            ])
        #expect(result.1 == [1, 1, 0])
        #expect(result.2 == [3, 1])
    }

    @Test func `an MTU reported for one endpoint does not end the runs of another`() throws {
        let result = try NetworkNamespace.run([]) {
            let pod = try LoopbackPod(2)
            let fixture = try TopicFixture([pod.endpoint], takesRuns: true)
            fixture.prove()
            for _ in 0..<3 { try fixture.publish("x", byteCount: 500) }
            let port = fixture.sender.source?.port ?? 0
            let isPending = try FragmentationNeeded(from: port, to: 0x7F00_0009, mtu: 600)
                .isPending(on: fixture.sender.sockets[0].descriptor)
            fixture.settle()
            return (
                isPending, pod.texts().count, fixture.topic.counters.runsRefused, fixture.topic.roster.rows[0].takesRuns
            )
        }
        #expect(result.0)
        #expect(result.1 == 3)
        #expect(result.2 == 0)
        #expect(result.3)
    }

    @Test func `a full proven socket is waited for, a second at most without any progress`() throws {
        let result = try NetworkNamespace.run(Self.silent) {
            let fixture = try TopicFixture((2...60).map { Endpoint(address: IPAddress(v4: 0x0A08_0000 + $0), port: 9) })
            fixture.prove()
            fixture.setSendBuffer(1)
            let position = try fixture.publish("x", byteCount: 1_000)
            let start = fixture.now.instant
            var deadlines: [Duration] = []
            func step() {
                if case .blocked(let until) = fixture.settle() { deadlines.append(until - start) }
            }
            step()
            fixture.advance(.milliseconds(900))
            step()
            fixture.setSendBuffer(16 << 10)
            step()
            fixture.advance(.milliseconds(1_000))
            step()
            return (deadlines, fixture.ledger[position])
        }
        #expect(result.0 == [.seconds(1), .seconds(1), .milliseconds(1_900)])
        let entry = try #require(result.1)
        #expect(entry.isSettled)
        #expect(entry.sent > 0)
        #expect(entry.failed > 0)
        #expect(entry.sent + entry.failed == 59)
    }

    @Test func `a congested link costs those behind another one a second at most`() throws {
        let result = try NetworkNamespace.run(Self.congested) {
            let pod = try LoopbackPod(everywhere: ())
            let far = (2...4).map { Endpoint(address: IPAddress(v4: 0x0A08_0000 + $0), port: 9) }
            let near = pod.endpoints(3)
            let fixture = try TopicFixture(zip(far, near).flatMap { [$0, $1] })
            fixture.prove()
            for _ in 0..<2 {
                try fixture.publish("filler", byteCount: 1_000)
                fixture.settle()
            }
            let start = fixture.now.instant
            fixture.finish()
            return (
                fixture.now.instant - start, near.map { fixture.row($0)?.sent }, far.map { fixture.row($0)?.lastError }
            )
        }
        #expect(result.0 <= .milliseconds(2_001))
        #expect(result.1 == [2, 2, 2])
        #expect(result.2.contains("no buffer space available (ENOBUFS)"))
    }

    @Test func `a full unproven socket fails at once and holds up no other`() throws {
        let result = try NetworkNamespace.run(Self.silent) {
            let pod = try LoopbackPod(2)
            let dead = Endpoint(address: IPAddress(v4: 0x0A08_0002), port: 9)
            let fixture = try TopicFixture([dead, pod.endpoint])
            fixture.setSendBuffer(1)
            for _ in 0..<20 {
                try fixture.publish("x", byteCount: 1_000)
                fixture.settle()
            }
            return (pod.texts().count, fixture.row(dead), fixture.row(pod.endpoint))
        }
        #expect(result.0 == 20)
        #expect(result.2?.failed == 0)
        let dead = try #require(result.1)
        #expect(dead.sent > 0)
        #expect(dead.failed > 0)
        #expect(dead.lastError == "resource temporarily unavailable (EAGAIN)")
    }
}

extension TopicFixture {
    /// Bounds the kernel memory of what waits in every socket; the kernel has a least value.
    fileprivate func setSendBuffer(_ byteCount: Int32) {
        var byteCount = byteCount
        for socket in sender.sockets {
            setsockopt(socket.descriptor, SOL_SOCKET, SO_SNDBUF, &byteCount, socklen_t(MemoryLayout<Int32>.size))
        }
    }
}

/// What a router answers to a datagram it would have to cut (RFC 792, type 3, code 4; RFC 1191 for the MTU).
private struct FragmentationNeeded {
    struct NotSent: Error {}

    /// Sends it from this machine to itself.
    init(from port: UInt16, to destination: UInt32, mtu: UInt16) throws {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        let length: UInt16 = 528
        var message: [UInt8] = [3, 4, 0, 0] + bytes(UInt16(0)) + bytes(mtu)
        message += [0x45, 0] + bytes(length) + [0, 0, 0x40, 0, 64, 17, 0, 0] + bytes(UInt32(0x7F00_0001))
        message += bytes(destination) + bytes(port) + bytes(UInt16(9)) + bytes(length - 20) + [0, 0]
        var sum = stride(from: 0, to: message.count, by: 2).reduce(UInt32(0)) {
            $0 + UInt32(message[$1]) << 8 + UInt32(message[$1 + 1])
        }
        sum = sum & 0xFFFF + sum >> 16
        message.replaceSubrange(2..<4, with: bytes(~UInt16(truncatingIfNeeded: sum & 0xFFFF + sum >> 16)))
        let descriptor = socket(AF_INET, Int32(SOCK_RAW.rawValue), Int32(IPPROTO_ICMP))
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let sent = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard sent == message.count else { throw NotSent() }
    }

    /// Whether its error has reached the socket.
    func isPending(on descriptor: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&wanted, 1, 5_000) == 1 && wanted.revents & Int16(POLLERR) != 0
    }
}
