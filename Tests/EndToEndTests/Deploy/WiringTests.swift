import Testing

/// What refers to something else in the manifests refers to something that is there.
@Suite(.onStage)
struct WiringTests {
    @Test(arguments: Manifests.folders)
    func `every workload selects its own pods, and no other workload's`(folder: String) async throws {
        let workloads = try await Manifests.render(folder).workloads
        for workload in workloads {
            let selector = workload["spec"]["selector"]["matchLabels"]
            let selected = workloads.filter { selector.selects($0.podLabels) }.map(\.objectName)
            #expect(selected == [workload.objectName])
        }
    }

    @Test(arguments: Manifests.folders)
    func `every Service selects one workload and a port that it has`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        for service in manifests.all("Service") {
            let name = Comment(rawValue: service.objectName)
            let selector = service["spec"]["selector"]
            #expect(!selector.names.isEmpty, name)
            let selected = manifests.workloads.filter { selector.selects($0.podLabels) }
            try #require(selected.count == 1, name)
            for port in service["spec"]["ports"].list {
                let target = containerPort(named: port["targetPort"], of: selected[0])
                #expect(target["protocol"] == port["protocol"], name)
                // Behind a headless service nothing translates port to targetPort.
                #expect(target["containerPort"] == port["port"], name)
            }
        }
    }

    @Test func `the topic's service is headless, lists ready pods, and its port has the name the topic asks for`()
        async throws
    {
        let manifests = try await Manifests.render("deploy/kubernetes")
        let spec = try manifests.one("Service", "headless-udp")["spec"]
        #expect(spec["clusterIP"] == .string("None"))
        #expect(spec["publishNotReadyAddresses"] == .null)
        #expect(spec["ports"].list.map { $0["name"].string } == ["udp"])
        #expect(try manifests.one("StatefulSet", "subscriber")["spec"]["serviceName"] == .string("headless-udp"))
    }

    @Test func `every replica is listed for operators, ready or not`() async throws {
        let spec = try await Manifests.render("deploy/kubernetes").one("Service", "headcast-replicas")["spec"]
        #expect(spec["clusterIP"] == .string("None"))
        #expect(spec["publishNotReadyAddresses"] == .bool(true))
    }

    @Test func `probes ask a port that the gateway has`() async throws {
        let deployment = try await Manifests.render("deploy/kubernetes").one("Deployment", "headcast")
        let gateway = deployment.containers[0]
        for (probe, path) in [("livenessProbe", "/livez"), ("readinessProbe", "/readyz")] {
            let request = gateway[probe]["httpGet"]
            #expect(request["path"] == .string(path))
            #expect(containerPort(named: request["port"], of: deployment)["containerPort"] == .number(8080))
        }
    }

    @Test(arguments: Manifests.folders)
    func `every policy guards one workload, at the ports that its Services have`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        for policy in manifests.all("NetworkPolicy") {
            let name = Comment(rawValue: policy.objectName)
            let guarded = manifests.workloads.filter {
                policy["spec"]["podSelector"]["matchLabels"].selects($0.podLabels)
            }
            try #require(guarded.count == 1, name)
            let open = policy["spec"]["ingress"].list.flatMap { $0["ports"].list }
            let served = guarded[0].containers.flatMap { $0["ports"].list }
                .map { JSON.object(["port": $0["containerPort"], "protocol": $0["protocol"]]) }
            let probed = (33_434...33_436).map {
                JSON.object(["port": .number(Double($0)), "protocol": .string("UDP")])
            }
            // The doctor's probes go where datagrams go.
            let isSubscriber = served.contains { $0["protocol"].string == "UDP" }
            #expect(open == served + (isSubscriber ? probed : []), name)
            // Without "from" everybody would be let in.
            #expect(policy["spec"]["ingress"].list.allSatisfy { !$0["from"].list.isEmpty }, name)
        }
        #expect(manifests.all("NetworkPolicy").count == manifests.workloads.count)
    }

    @Test(arguments: Manifests.folders)
    func `subscribers are let the gateway's datagrams through, and the gateway may send them`(folder: String)
        async throws
    {
        let gateways = try await Manifests.render("deploy/kubernetes")
        let gateway = try gateways.one("Deployment", "headcast")
        let egress = try gateways.one("NetworkPolicy", "headcast")["spec"]["egress"].list.flatMap { $0["ports"].list }
        let manifests = try await Manifests.render(folder)
        let policies = manifests.all("NetworkPolicy").filter {
            !["headcast", "headcast-recorder"].contains($0.objectName)
        }
        try #require(!policies.isEmpty)
        for policy in policies {
            let rule = policy["spec"]["ingress"][0]
            #expect(rule["from"][0]["podSelector"]["matchLabels"].selects(gateway.podLabels))
            #expect(rule["from"].list.count == 1)
            #expect(rule["ports"].list.allSatisfy(egress.contains))
        }
    }

    @Test func `the gateway may ask DNS, OpenShift's too, over UDP and TCP`() async throws {
        let policy = try await Manifests.render("deploy/kubernetes").one("NetworkPolicy", "headcast")
        let everywhere = policy["spec"]["egress"].list.filter { $0["to"] == .null }.flatMap { $0["ports"].list }
        for port in [53.0, 5353] {
            for transport in ["UDP", "TCP"] {
                #expect(everywhere.contains(.object(["port": .number(port), "protocol": .string(transport)])))
            }
        }
    }

    @Test func `a drain of nodes takes one gateway at a time`() async throws {
        let manifests = try await Manifests.render("deploy/kubernetes")
        let gateway = try manifests.one("Deployment", "headcast")
        let budget = try manifests.one("PodDisruptionBudget", "headcast")["spec"]
        #expect(gateway["spec"]["replicas"] == .number(2))
        #expect(budget["maxUnavailable"] == .number(1))
        #expect(budget["selector"]["matchLabels"] == gateway["spec"]["selector"]["matchLabels"])
        let spread = gateway.podSpec["topologySpreadConstraints"][0]
        #expect(spread["labelSelector"]["matchLabels"] == gateway["spec"]["selector"]["matchLabels"])
    }

    private func containerPort(named name: JSON, of workload: JSON) -> JSON {
        workload.containers.flatMap { $0["ports"].list }.first { $0["name"] == name } ?? .null
    }
}
