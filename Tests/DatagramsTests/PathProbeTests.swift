import Datagrams
import Endpoints
import Glibc
import Testing

struct PathProbeTests {
    private func destination(_ address: String, _ payloadBytes: Int) throws -> PathProbe.Destination {
        PathProbe.Destination(address: try #require(IPAddress(address)), payloadBytes: payloadBytes)
    }

    @Test(arguments: ["127.0.0.1", "127.0.3.7", "::1"])
    func `an address that says that nobody listens has received`(_ address: String) throws {
        let destination = try destination(address, 1_232)
        let probe = PathProbe()
        #expect(try probe.run([destination]) == [destination: .arrived])
    }

    @Test func `sizes are told apart`() throws {
        let destinations = Set(try [1, 1_232, 1_472, 60_000].map { try destination("127.0.3.1", $0) })
        let probe = PathProbe()
        let outcomes = try probe.run(destinations)
        #expect(outcomes.count == 4 && outcomes.values.allSatisfy { $0 == .arrived })
    }

    @Test func `what this machine does not let out is named with its limit`() throws {
        let destination = try destination("127.0.3.2", 65_507)
        let probe = PathProbe()
        guard case .open(let mtu) = Route(to: destination.address), mtu < 65_535 else { return }
        #expect(try probe.run([destination])[destination] == .tooLarge(mtu: mtu, by: nil))
    }

    @Test func `an address that this socket cannot send to is unreachable`() throws {
        let destination = try destination("255.255.255.255", 10)
        let probe = PathProbe()
        #expect(try probe.run([destination]) == [destination: .unreachable(EACCES, by: nil)])
    }

    @Test func `somebody who listens is not told, and silence is silence`() throws {
        let pods = try PathProbe.ports.map { try Pod("127.0.3.3", port: $0) }
        let destination = try destination("127.0.3.3", 1_232)
        #expect(try PathProbe().run([destination], limit: .milliseconds(50)) == [destination: .silent])
        #expect(pods.allSatisfy { $0.received() != nil })
        let shy = PathProbe(avoiding: Set(PathProbe.ports))
        #expect(!shy.isPossible)
        #expect(try shy.run([destination]).isEmpty)
        #expect(pods.allSatisfy { $0.received() == nil })
    }

    @Test func `a port that somebody is known to listen at is left out`() throws {
        let pod = try Pod("127.0.3.5", port: 33_434)
        let destination = try destination("127.0.3.5", 1_232)
        let probe = PathProbe(avoiding: [33_434])
        #expect(try probe.run([destination]) == [destination: .arrived])
        #expect(pod.received() == nil)
    }

    @Test func `many sizes go to no more than three ports`() throws {
        let pods = try PathProbe.ports.map { try Pod("127.0.3.6", port: $0) }
        let destinations = Set(try (1...8).map { try destination("127.0.3.6", $0 * 100) })
        let outcomes = try PathProbe().run(destinations, limit: .milliseconds(50))
        // A fourth port, where nobody listens, would have answered.
        #expect(outcomes.count == 8 && outcomes.values.allSatisfy { $0 == .silent })
        #expect(pods.allSatisfy { $0.received() != nil })
    }

    @Test func `a listener at the first port does not make its address look narrow`() throws {
        let pod = try Pod("127.0.3.4", port: 33_434)
        let destination = try destination("127.0.3.4", 1_232)
        let probe = PathProbe()
        #expect(try probe.run([destination], limit: .milliseconds(50)) == [destination: .arrived])
        #expect(pod.received()?.bytes.count == 1_232)
    }
}
