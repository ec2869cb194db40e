import Testing

/// No failure of the name server takes a subscriber away, and status says what is wrong and since when.
@Suite(.onStage, .enabled(if: Cluster.isPossible, Cluster.need))
struct NameServerFailureTests {
    @Test func `a name that is gone once is not believed to be gone`() async throws {
        let cluster = try await Cluster.start(Cluster.two, query: "emptyAfter=30s")
        try await cluster.server.serve([])
        let reason = try await cluster.gateway.staleReason()
        #expect(reason.contains("NXDOMAIN"), "\(reason)")
        try await cluster.server.serve(NameServer.pods(Cluster.two))
        try await cluster.isFresh()
        #expect(try await cluster.gateway.items("/topics/orders/changes").count == 2)
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
    }

    @Test func `after SERVFAIL the last good set is used, and the receipt says so`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        try await cluster.server.failToServe()
        let reason = try await cluster.gateway.staleReason()
        #expect(reason.contains("SERVFAIL"), "\(reason)")
        #expect(try await cluster.gateway.membership()["stale"]["since"].string?.hasSuffix("Z") == true)
        let receipt = try await cluster.gateway.publish("hello").json
        #expect(receipt["sent"].int == 2)
        #expect(receipt["stale"] != .null && receipt["stale"] != .bool(false), "\(receipt)")
        try await cluster.server.serve(NameServer.pods(Cluster.five))
        try await cluster.gateway.membership(is: cluster.endpoints(Cluster.five))
        try await cluster.isFresh()
    }

    @Test func `a name server that does not answer changes nothing but the stated reason`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        cluster.server.stopAnswering()
        let reason = try await cluster.gateway.staleReason()
        #expect(reason.lowercased().contains("answer") || reason.lowercased().contains("time"), "\(reason)")
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
        cluster.server.resume()
        try await cluster.isFresh()
    }

    @Test func `a name server that died and came back is asked again`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        cluster.server.kill()
        _ = try await cluster.gateway.staleReason()
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
        #expect(try await cluster.gateway.get("/readyz").status == 200)
        let server = try await cluster.server.restart()
        try await server.serve(NameServer.pods(Cluster.five))
        try await cluster.gateway.membership(is: cluster.endpoints(Cluster.five), within: .seconds(25))
        try await cluster.isFresh()
    }

    @Test func `a topic that never resolved refuses and is not ready, until it does`() async throws {
        let cluster = try await Cluster.start([], query: "emptyAfter=30s")
        try await cluster.server.failToServe()
        let refusal = try await cluster.gateway.publish("hello")
        #expect(refusal.status == 503)
        #expect(refusal.errorCode == "unresolved")
        #expect(refusal.header("Retry-After") != nil)
        let readiness = try await cluster.gateway.get("/readyz")
        #expect(readiness.status == 503)
        #expect(readiness.text.contains("orders"))
        try await cluster.server.serve(NameServer.pods(Cluster.two))
        try await cluster.gateway.isReady(within: .seconds(20))
        #expect(try await cluster.recipients() == cluster.endpoints(Cluster.two))
    }

    @Test func `a gateway that waits for a name is ready after a while all the same`() async throws {
        let server = try await NameServer.start()
        try await server.failToServe()
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):12000",
            with: ["--resolver", server.endpoint, "--ready-after", "2s"])
        #expect(try await gateway.get("/readyz").status == 503)
        try await gateway.isReady()
        #expect(try await gateway.get("/readyz").text.contains("orders"))
    }

    @Test func `a publish that insists on a fresh membership is refused when there is none`() async throws {
        let cluster = try await Cluster.start(Cluster.two)
        try await cluster.server.failToServe()
        let response = try await cluster.gateway.publish("hello", headers: ["Cache-Control: no-cache"])
        #expect(response.status == 503)
        #expect(response.errorCode == "membership_stale")
        #expect(try await cluster.recipients(of: "then this") == cluster.endpoints(Cluster.two))
        // One datagram each: what was refused was not sent.
        #expect(cluster.pods.arrived.values.allSatisfy { $0 == 1 })
    }
}

extension Cluster {
    fileprivate func isFresh() async throws {
        try await eventually("the membership is not stale", within: .seconds(20), or: { gateway.program.account }) {
            try await gateway.membership()["stale"] == .null
        }
    }
}
