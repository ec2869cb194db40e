import Testing

/// `deploy/compose.yaml`, brought up by Compose itself.
@Suite(.onStageAlone, .enabled(if: Image.isPossible, Image.need))
struct ComposeTests {
    @Test func `every replica of the subscriber receives, those that joined later too`() async throws {
        let engine = try await ContainerEngine.start()
        try await engine.compose("up", "--detach", "--no-build", "--scale", "subscriber=3")
        let gateway = engine.gateway
        try await gateway.hasSubscribers(3)
        #expect(try await gateway.publish("to three").json["sent"].int == 3)
        try await engine.compose("up", "--detach", "--no-build", "--scale", "subscriber=5")
        try await gateway.hasSubscribers(5)
        #expect(try await gateway.publish("to five").json["sent"].int == 5)
        for number in 1...5 {
            let name = "headcast_subscriber_\(number)"
            try await eventually("\(name) receives", or: { await engine.log(of: name) }) {
                await engine.log(of: name).contains("to five")
            }
        }
        try await engine.podman("healthcheck", "run", "headcast_gateway_1")
        try await engine.compose("down")
    }

    @Test func `what is published is answered by every replica, and is one row`() async throws {
        let engine = try await ContainerEngine.start()
        try await engine.compose("up", "--detach", "--no-build", "--scale", "subscriber=3")
        try await engine.gateway.hasSubscribers(3)
        let receipt = try await engine.gateway.publish("hello").json
        let id = try #require(receipt["id"].string)
        try await eventually("all have answered", within: .seconds(20)) {
            let outcome = try await Curl.run(["http://127.0.0.1:8090/records/\(id)"], in: engine.place)
            return outcome.response.json["items"].list.map { $0["answers"].int } == [3]
        }
        let outcome = try await Curl.run(["http://127.0.0.1:8090/records"], in: engine.place)
        #expect(outcome.response.json["items"].list.map { $0["payload"].string } == ["hello"])
        try await engine.compose("down")
    }

    @Test func `what the recorder was told outlasts its container, and ends with the volume`() async throws {
        let engine = try await ContainerEngine.start()
        let body = #"{"messageId":"m1","key":"state","responder":"pod-1","payload":"x"}"#
        let runs: [(status: Int, downwards: [String])] = [(201, []), (200, ["--volumes"]), (201, [])]
        for (status, downwards) in runs {
            try await engine.compose("up", "--detach", "--no-build", "recorder")
            try await eventually("it stores", or: { await engine.log(of: "headcast_recorder_1") }) {
                await engine.log(of: "headcast_recorder_1").contains("ready")
            }
            let outcome = try await Curl.run(["-d", body, "http://127.0.0.1:8090/responses"], in: engine.place)
            #expect(outcome.response.status == status, "\(outcome.response)")
            try await engine.compose(["down"] + downwards)
        }
    }

    @Test func `each service is given longer to stop than it takes`() async throws {
        let file = try await Manifests.documents(inYAML: Tool.root + "/deploy/compose.yaml")
        let services = try #require(file.first?["services"])
        for name in ["gateway", "subscriber", "recorder"] {
            // Each finishes for 10 s at most unless a setting says otherwise.
            #expect(services[name]["stop_grace_period"] == .string("20s"), "\(name)")
        }
    }

    @Test func `it opens two ports on loopback, and gives no rights to anybody`() async throws {
        let engine = try await ContainerEngine.start()
        try await engine.compose("up", "--detach", "--no-build")
        for service in ["gateway", "recorder", "subscriber"] {
            let text = try await engine.podman("inspect", "--format", "{{json .HostConfig}}", "headcast_\(service)_1")
            let settings = try #require(JSON(text: text), "\(text)")
            #expect(settings["ReadonlyRootfs"].bool == true, "\(service)")
            #expect(settings["SecurityOpt"].list == [.string("no-new-privileges")], "\(settings["SecurityOpt"])")
            let ports = settings["PortBindings"]
            let open = ports.names.flatMap { ports[$0].list }
            let expected = ["gateway": "8080", "recorder": "8090"][service]
            #expect(open.compactMap { $0["HostPort"].string } == (expected.map { [$0] } ?? []), "\(ports)")
            #expect(open.allSatisfy { $0["HostIp"].string == "127.0.0.1" }, "\(ports)")
            let rights = try await engine.podman("inspect", "--format", "{{.BoundingCaps}}", "headcast_\(service)_1")
            #expect(rights == "[]")
        }
        try await engine.compose("down")
    }
}

extension Gateway {
    /// Waits until the gateway has so many subscribers.
    fileprivate func hasSubscribers(_ count: Int) async throws {
        try await isReady(within: .seconds(30))
        try await eventually("there are \(count)", within: .seconds(20), or: { program.account }) {
            try await topic()["subscriberCount"].int == count
        }
    }
}
