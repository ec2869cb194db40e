import Datagrams
import Endpoints
import Glibc
import Testing

struct PathProbeTests {
    private func target(_ address: String, _ payloadBytes: Int) throws -> PathProbe.Target {
        PathProbe.Target(address: try #require(IPAddress(address)), payloadBytes: payloadBytes)
    }

    @Test(arguments: ["127.0.0.1", "127.0.3.7", "::1"])
    func `an address that says that nobody listens has received`(_ address: String) throws {
        let target = try target(address, 1_232)
        var probe = try PathProbe()
        #expect(probe.run([target]) == [target: .arrived])
    }

    @Test func `sizes are told apart`() throws {
        let targets = Set(try [1, 1_232, 1_472, 60_000].map { try target("127.0.3.1", $0) })
        var probe = try PathProbe()
        let outcomes = probe.run(targets)
        #expect(outcomes.count == 4 && outcomes.values.allSatisfy { $0 == .arrived })
    }

    @Test func `what this machine does not let out is named with its limit`() throws {
        let target = try target("127.0.3.2", 65_507)
        var probe = try PathProbe()
        guard case .open(let mtu) = Route(to: target.address), mtu < 65_535 else { return }
        #expect(probe.run([target])[target] == .tooLarge(mtu: mtu, by: nil))
    }

    @Test func `an address that this socket cannot send to is unreachable`() throws {
        let target = try target("255.255.255.255", 10)
        var probe = try PathProbe()
        #expect(probe.run([target]) == [target: .unreachable(EACCES, by: nil)])
    }

    @Test func `somebody who listens is not told, and silence is silence`() throws {
        let pods = try [33_434, 33_435, 33_436].map { try Pod("127.0.3.3", port: $0) }
        let target = try target("127.0.3.3", 1_232)
        var probe = try PathProbe(avoiding: Set(pods.map(\.endpoint.port)))
        #expect(probe.run([target]) == [target: .arrived])
        #expect(pods.allSatisfy { $0.received() == nil })
        var blunt = try PathProbe()
        #expect(blunt.run([target], limit: .milliseconds(50)) == [target: .silent])
    }

    @Test func `a listener at the first port does not make its address look narrow`() throws {
        let pod = try Pod("127.0.3.4", port: 33_434)
        let target = try target("127.0.3.4", 1_232)
        var probe = try PathProbe()
        #expect(probe.run([target], limit: .milliseconds(50)) == [target: .arrived])
        #expect(pod.received()?.bytes.count == 1_232)
    }
}
