import Testing

/// The doctor on networks of its own, where the way to a pod is bad.
@Suite(.onStage, .enabled(if: Network.isPossible, Network.need))
struct DoctorPathTests {
    @Test func `a datagram gets to pods behind a bridge without touching their ports`() async throws {
        let network = try Network.make(pods: 2)
        let endpoints = [0, 1].map { "\(network.address($0)):12000" }
        let pods = try await Pods.at([endpoints[0]], in: network.pods[0])
        let doctor = try await Doctor.run(
            topic: "static://\(endpoints.joined(separator: ","))?maximumPayloadBytes=1472", in: network.gateway)
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("mtu") == ["ok payloads of 1,472 bytes fit the routes, which take up to 1,472"])
        #expect(doctor.findings("path") == ["ok a datagram of 1,472 bytes got to both addresses"])
        #expect(pods.arrived.values.allSatisfy { $0 == 0 })
    }

    @Test func `a router that takes smaller packets only is named, and what fits`() async throws {
        let network = try Network.make(pods: 1)
        let (distant, router) = try network.addDistantPod(packets: 1_400)
        let source = "static://\(network.address(0)):12000,\(distant):12000"
        let doctor = try await Doctor.run(topic: "\(source)?maximumPayloadBytes=1472", in: network.gateway)
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("path").contains("ok a datagram of 1,472 bytes got to 1 of 2 addresses"))
        let finding = doctor.findings("path").first { $0.hasPrefix("bad") } ?? ""
        #expect(finding.hasPrefix("bad on the way to \(distant), \(router) lets packets of 1,400 bytes through"))
        #expect(doctor.program.output.contains("-> set maximumPayloadBytes=1372"))
        let cured = try await Doctor.run(topic: "\(source)?maximumPayloadBytes=1372", in: network.gateway)
        #expect(cured.ending == .exited(0), "\(cured.program.account)")
    }

    @Test func `a path that swallows long datagrams without a word is told from a pod that is gone`() async throws {
        let network = try Network.make(pods: 1)
        let (distant, _) = try network.addDistantPod(packets: 1_400)
        try network.silenceRouter()
        let topic = "static://\(distant):12000?maximumPayloadBytes=1472"
        let doctor = try await Doctor.run(topic: topic, in: network.gateway)
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        let finding = "bad datagrams of 1,472 bytes vanish on the way to \(distant), and short ones arrive"
        #expect(doctor.findings("path") == [finding], "\(doctor.program.account)")
    }

    @Test func `a datagram that leaves in fragments gets to pods behind a bridge`() async throws {
        let network = try Network.make(pods: 1)
        let topic = "static://\(network.address(0)):12000?maximumPayloadBytes=8000"
        let doctor = try await Doctor.run(topic: topic, in: network.gateway)
        #expect(doctor.ending == .exited(0), "\(doctor.program.account)")
        #expect(doctor.findings("path") == ["ok a datagram of 8,000 bytes got to the address"])
    }

    @Test func `routes with small packets are bad before anything is sent`() async throws {
        let network = try Network.make(pods: 1)
        try network.limitPackets(to: 1_400)
        let topic = "static://\(network.address(0)):12000?maximumPayloadBytes=1472"
        let doctor = try await Doctor.run(topic: topic, ["--no-probe"], in: network.gateway)
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("mtu").first?.contains("takes payloads of up to 1,372 bytes") == true)
    }

    @Test func `addresses that nobody has, or that no route leads to, are bad`() async throws {
        let network = try Network.make(pods: 1)
        let topic = "static://\(network.address(0)):12000,\(network.absent(0)):12000,192.0.2.1:12000"
        let doctor = try await Doctor.run(topic: topic, in: network.gateway)
        #expect(doctor.ending == .exited(1), "\(doctor.program.account)")
        #expect(doctor.findings("endpoints").first?.contains("192.0.2.1: network is unreachable (ENETUNREACH)") == true)
        let finding = doctor.findings("path").first { $0.hasPrefix("bad") } ?? ""
        #expect(finding.contains("\(network.absent(0)): no route to host (EHOSTUNREACH), says this machine"))
    }
}
