import Testing

/// Pods with addresses of their own, behind a bridge, some of them dead.
@Suite(.onStageAlone, .enabled(if: Network.isPossible, Network.need))
struct NamespaceTests {
    @Test func `a pod where nobody listens costs the other nothing, and is named`() async throws {
        let network = try Network.make(pods: 2)
        let (refusing, living) = ("\(network.address(0)):12000", "\(network.address(1)):12000")
        let pods = try await Pods.at([living], in: network.pods[1])
        let gateway = try await Gateway.start(topics: "orders=static://\(refusing),\(living)", in: network.gateway)
        let outcome = try await publish(2_000, to: gateway)
        #expect(outcome.answers(201) == 2_000, "\(outcome.summary)")
        try await pods.arrived(2_000, at: [living])
        try await expectOnTime(pods, at: living, count: 2_000)
        let row = try await eventually("it is known to refuse", or: { gateway.program.account }) {
            let row = try await gateway.subscribers()[refusing]
            return row?["state"].string == "refusing" ? row : nil
        }
        #expect(row["lastError"].string?.contains("ECONNREFUSED") == true, "\(row)")
        #expect(row["lastErrorAt"].string?.hasSuffix("Z") == true)
        #expect(try await gateway.subscribers()[living]?["lastError"] == .null)
    }

    @Test func `five of six addresses that do not exist cost the sixth nothing, and are named`() async throws {
        let network = try Network.make(pods: 1)
        let living = "\(network.address(0)):12000"
        let dead = (0..<5).map { "\(network.absent($0)):12000" }
        let pods = try await Pods.at([living], in: network.pods[0])
        let list = (dead.prefix(3) + [living] + dead.suffix(2)).joined(separator: ",")
        let gateway = try await Gateway.start(topics: "orders=static://\(list)", in: network.gateway)
        let outcome = try await publish(12_000, to: gateway)
        #expect(outcome.answers(201) == 12_000, "\(outcome.summary)")
        try await pods.arrived(12_000, at: [living])
        try await expectOnTime(pods, at: living, count: 12_000)
        let rows = try await gateway.subscribers()
        for endpoint in dead {
            let row = rows[endpoint] ?? .null
            #expect(row["state"].string != "ok", "\(row)")
            #expect((row["sent"].int ?? 0) + (row["failed"].int ?? 0) == 12_000)
        }
        // The kernel reports only some: ICMP is rate-limited.
        #expect(dead.contains { rows[$0]?["lastError"].string?.contains("EHOSTUNREACH") == true })
        #expect(rows[living]?["state"].string == "ok")
        #expect(rows[living]?["sent"].int == 12_000)
        try await expectFailuresNamed(gateway, dead: Set(dead))
    }

    @Test func `pods that die while messages flow cost the others nothing`() async throws {
        let network = try Network.make(pods: 3)
        let endpoints = (0..<3).map { "\(network.address($0)):12000" }
        let living = try await Pods.at([endpoints[0]], in: network.pods[0])
        _ = try await Pods.at([endpoints[1]], in: network.pods[1])
        let gateway = try await Gateway.start(
            topics: "orders=static://\(endpoints.joined(separator: ","))", in: network.gateway)
        let publisher = try await Publisher.start(to: gateway, connections: 4, messages: 6_000, rate: 1_000)
        try await living.arrived(1_000, at: [endpoints[0]])
        try network.disconnect(1)
        try network.disconnect(2)
        let outcome = try await publisher.outcome()
        #expect(outcome.answers(201) == 6_000, "\(outcome.summary)")
        try await living.arrived(6_000, at: [endpoints[0]])
        try await expectOnTime(living, at: endpoints[0], count: 6_000)
    }

    @Test func `a payload larger than the path takes fails and says by how much`() async throws {
        let network = try Network.make(pods: 1)
        try network.limitPackets(to: 1_400)
        let endpoint = "\(network.address(0)):12000"
        let topic = "orders=static://\(endpoint)?maximumPayloadBytes=1472"
        let gateway = try await Gateway.start(topics: topic, in: network.gateway)
        let response = try await gateway.publish([UInt8](repeating: 1, count: 1_472))
        #expect(response.status == 502, "\(response)")
        let error = try await gateway.subscribers()[endpoint]?["lastError"].string ?? ""
        #expect(error.contains("EMSGSIZE") && error.contains("1400"), "\(error)")
    }

    private func publish(_ messages: Int, to gateway: Gateway) async throws -> Publisher.Outcome {
        try await Publisher.start(to: gateway, connections: 4, messages: messages, rate: 1_000).outcome()
    }

    /// All arrived, in order, none twice, none late.
    private func expectOnTime(_ pods: Pods, at endpoint: String, count: Int) async throws {
        let tally = try await pods.tally()
        #expect(tally.arrived(at: endpoint) == count)
        #expect(tally.drops == 0)
        #expect(tally.duplicates == 0)
        #expect(tally.outOfOrder == 0)
        #expect((tally.pod(endpoint)["medianSeconds"].number ?? 1) < 0.05, "\(tally.json)")
        #expect((tally.pod(endpoint)["slowestSeconds"].number ?? 9) < 1, "\(tally.json)")
    }

    private func expectFailuresNamed(_ gateway: Gateway, dead: Set<String>) async throws {
        let failed = try await gateway.json("/messages?failed=true&limit=1")["items"][0]
        // None has failed as long as the kernel takes what it later cannot deliver.
        guard failed != .null else { return }
        let message = try await gateway.json("/messages/\(failed["id"].string ?? "")")
        let failures = message["endpoints"].list.filter { $0["error"] != .null }.compactMap { $0["endpoint"].string }
        #expect(!failures.isEmpty && Set(failures).isSubset(of: dead), "\(message)")
        #expect(failures.count == failed["failed"].int)
    }
}
