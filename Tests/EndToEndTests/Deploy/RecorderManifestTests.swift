import Foundation
import Testing

/// What the manifests say of the recorder fits together.
@Suite(.onStage)
struct RecorderManifestTests {
    @Test(arguments: Manifests.recorderFolders)
    func `one port is listened at, probed, scraped and behind the Service`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        let workload = try manifests.recorder
        let recorder = workload.containers[0]
        #expect(variable("HEADCAST_LISTEN", of: recorder)["value"] == .string("[::]:8090"))
        let port = recorder["ports"][0]
        #expect(port["containerPort"] == .number(8090))
        for (probe, path) in [("livenessProbe", "/livez"), ("readinessProbe", "/readyz")] {
            let request = recorder[probe]["httpGet"]
            #expect(request["path"] == .string(path))
            #expect(request["port"] == port["name"])
        }
        let annotations = workload["spec"]["template"]["metadata"]["annotations"]
        #expect(annotations["prometheus.io/port"] == .string("8090"))
        let service = try manifests.one("Service", "headcast-recorder")["spec"]
        #expect(service["ports"][0]["port"] == .number(8090))
        #expect(service["selector"].selects(workload.podLabels))
        #expect(workload["spec"]["serviceName"] == .string("headcast-recorder"))
    }

    @Test(arguments: Manifests.recorderFolders)
    func `subscribers and labelled clients may answer, gateways and others may not`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        let from = try manifests.one("NetworkPolicy", "headcast-recorder")["spec"]["ingress"][0]["from"].list
        func isLetIn(_ labels: JSON) -> Bool {
            from.contains { peer in
                peer["podSelector"] != .null && peer["podSelector"]["matchLabels"].selects(labels)
            }
        }
        #expect(isLetIn(try manifests.one("StatefulSet", "subscriber").podLabels))
        let example = try await Manifests.render("deploy/examples/python-responder")
        #expect(isLetIn(try example.one("StatefulSet", "python-subscriber").podLabels))
        #expect(isLetIn(.object(["headcast-client": .string("true")])))
        #expect(!isLetIn(try manifests.one("Deployment", "headcast").podLabels))
        #expect(!isLetIn(.object([:])))
        let namespaces = from.map { $0["namespaceSelector"] }.filter { $0 != .null }
        #expect(namespaces == [.object(["matchLabels": .object(["headcast-client": .string("true")])])])
    }

    @Test(arguments: Manifests.recorderFolders)
    func `subscribers answer to the Service, and do else what they do without it`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        let service = try manifests.one("Service", "headcast-recorder")
        let port = try #require(service["spec"]["ports"][0]["port"].int)
        let plain = try await Manifests.render("deploy/kubernetes")
        let (before, after) = try (
            plain.arguments(of: "subscribe", "StatefulSet", "subscriber"),
            manifests.arguments(of: "subscribe", "StatefulSet", "subscriber")
        )
        #expect(after == before + ["--respond", "http://\(service.objectName):\(port)"])
        let example = try await Manifests.render("deploy/examples/python-responder").workloads[0]
        #expect(example.containers[0]["args"].list == [.string("http://\(service.objectName):\(port)")])
        // What waits is answered for up to 10 s, and a request under way has as long again.
        #expect(example.podSpec["terminationGracePeriodSeconds"] == .number(30))
    }

    @Test func `with SQLite there is one, with a volume for its file and nobody to ask`() async throws {
        let manifests = try await Manifests.render("deploy/recorder/sqlite")
        let workload = try manifests.recorder
        #expect(workload["spec"]["replicas"] == .number(1))
        let volumes = workload["spec"]["volumeClaimTemplates"].list
        let mounts = workload.containers[0]["volumeMounts"].list
        #expect(mounts.map { $0["name"] } == volumes.map { $0["metadata"]["name"] })
        #expect(volumes.map { $0["spec"]["accessModes"].list } == [[.string("ReadWriteOnce")]])
        let store = variable("HEADCAST_STORE", of: workload.containers[0])["value"].string
        #expect(store == "sqlite://\(mounts[0]["mountPath"].string ?? "")/recorder.db")
        #expect(mounts[0]["readOnly"] == .null)
        let policy = try manifests.one("NetworkPolicy", "headcast-recorder")["spec"]
        #expect(policy["policyTypes"].list.contains(.string("Egress")))
        #expect(policy["egress"].list.isEmpty)
        #expect(manifests.all("PodDisruptionBudget").map(\.objectName) == ["headcast"])
    }

    @Test func `with PostgreSQL there are two without a volume, one of which stays`() async throws {
        let manifests = try await Manifests.render("deploy/recorder/postgresql")
        let workload = try manifests.recorder
        #expect(workload["spec"]["replicas"] == .number(2))
        #expect(workload["spec"]["volumeClaimTemplates"] == .null)
        #expect(workload.containers[0]["volumeMounts"].list.allSatisfy { $0["readOnly"] == .bool(true) })
        let budget = try manifests.one("PodDisruptionBudget", "headcast-recorder")["spec"]
        #expect(budget["maxUnavailable"] == .number(1))
        for selector in [budget["selector"], workload.podSpec["topologySpreadConstraints"][0]["labelSelector"]] {
            #expect(selector["matchLabels"] == workload["spec"]["selector"]["matchLabels"])
        }
    }

    @Test func `with PostgreSQL they may ask DNS and the database, and nobody else`() async throws {
        let manifests = try await Manifests.render("deploy/recorder/postgresql")
        let gateway = try manifests.one("NetworkPolicy", "headcast")["spec"]["egress"]
        let egress = try manifests.one("NetworkPolicy", "headcast-recorder")["spec"]["egress"].list
        try #require(egress.count == 2)
        #expect(egress[0] == gateway[0])
        #expect(egress[1]["ports"].list == [.object(["port": .number(5432), "protocol": .string("TCP")])])
    }

    @Test func `what is secret comes from the Secret that the command in the kustomization makes`() async throws {
        let folder = "deploy/recorder/postgresql"
        let recorder = try await Manifests.render(folder).recorder
        let command = try String(contentsOfFile: "\(Tool.root)/\(folder)/kustomization.yaml", encoding: .utf8)
        let name = try #require(command.firstMatch(of: #/create secret generic (\S+)/#).map { String($0.1) })
        let literals = command.matches(of: #/--from-literal=(\w+)=/#).map { String($0.1) }
        let files = command.matches(of: #/--from-file=(\S+)/#).map { String($0.1) }

        let references = ["HEADCAST_STORE", "PGPASSWORD"].map {
            variable($0, of: recorder.containers[0])["valueFrom"]["secretKeyRef"]
        }
        #expect(references.map { $0["name"].string } == [name, name])
        #expect(references.compactMap { $0["key"].string } == literals)
        let secret = recorder.podSpec["volumes"][0]["secret"]
        #expect(secret["secretName"].string == name)
        #expect(secret["items"].list.compactMap { $0["key"].string } == files)
        let mount = recorder.containers[0]["volumeMounts"][0]["mountPath"].string ?? ""
        let authority = variable("PGSSLROOTCERT", of: recorder.containers[0])["value"].string
        #expect(authority == "\(mount)/\(secret["items"][0]["path"].string ?? "")")
        #expect(variable("PGSSLMODE", of: recorder.containers[0])["value"] == .string("verify-full"))
    }

    private func variable(_ name: String, of container: JSON) -> JSON {
        container["env"].list.first { $0["name"].string == name } ?? .null
    }
}

extension Manifests {
    /// What runs the recorder.
    var recorder: JSON { get throws { try one("StatefulSet", "headcast-recorder") } }
}
