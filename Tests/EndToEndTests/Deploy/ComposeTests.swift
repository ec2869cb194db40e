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

    @Test func `it opens one port on loopback, and gives no rights to anybody`() async throws {
        let engine = try await ContainerEngine.start()
        try await engine.compose("up", "--detach", "--no-build")
        for service in ["gateway", "subscriber"] {
            let text = try await engine.podman("inspect", "--format", "{{json .HostConfig}}", "headcast_\(service)_1")
            let settings = try #require(JSON(text: text), "\(text)")
            #expect(settings["ReadonlyRootfs"].bool == true, "\(service)")
            #expect(settings["SecurityOpt"].list == [.string("no-new-privileges")], "\(settings["SecurityOpt"])")
            let ports = settings["PortBindings"]
            let open = ports.names.flatMap { ports[$0].list }
            #expect(open.map { $0["HostIp"].string } == (service == "gateway" ? ["127.0.0.1"] : []), "\(ports)")
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
