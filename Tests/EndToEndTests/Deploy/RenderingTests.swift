import Foundation
import Testing

/// The folders of `deploy` are what any kubectl and any cluster takes.
@Suite(.onStage)
struct RenderingTests {
    @Test(arguments: Manifests.folders)
    func `an old kubectl and today's render the same objects`(folder: String) async throws {
        let path = "\(Tool.root)/\(folder)"
        let old = try await Manifests.render(path, with: Manifests.oldKubectl)
        let new = try await Manifests.render(path, with: Manifests.newKubectl)
        #expect(old.objects.count > 2)
        #expect(old.withoutHashes().objects == new.withoutHashes().objects)
    }

    @Test(arguments: Manifests.folders)
    func `the schemas of every release of Kubernetes accept them`(folder: String) async throws {
        let verdict = try await Manifests.verdict(on: try await Manifests.render(folder).objects)
        #expect(verdict.count == 1 && verdict[0].hasPrefix("releases 1.25 "), "\(verdict)")
    }

    @Test func `the schemas find a misspelt field`() async throws {
        let objects = try await Manifests.render("deploy/kubernetes").objects
        let wrong = objects.map { $0.setting(["spec", "template", "spec", "serviceLinks"], to: .bool(false)) }
        let verdict = try await Manifests.verdict(on: wrong)
        #expect(verdict.contains { $0.contains("Deployment") && $0.contains("serviceLinks") }, "\(verdict)")
    }

    /// Kinds as Kubernetes has had them since 1.21, and has them still; no schemas of releases before 1.25 are at hand.
    @Test(arguments: Manifests.folders)
    func `every kind is of a version that is stable since Kubernetes 1·21`(folder: String) async throws {
        let stable: Set = [
            "v1 ConfigMap", "v1 Service", "apps/v1 Deployment", "apps/v1 StatefulSet", "policy/v1 PodDisruptionBudget",
            "networking.k8s.io/v1 NetworkPolicy",
        ]
        for object in try await Manifests.render(folder).objects {
            let kind = "\(object["apiVersion"].string ?? "") \(object["kind"].string ?? "")"
            #expect(stable.contains(kind))
        }
    }

    @Test(arguments: Manifests.folders)
    func `no object names a namespace`(folder: String) async throws {
        for object in try await Manifests.render(folder).objects {
            #expect(object["metadata"]["namespace"] == .null, "\(object.objectName)")
        }
    }

    @Test(arguments: ["deploy/kubernetes"] + Manifests.recorderFolders, [Manifests.oldKubectl, Manifests.newKubectl])
    func `one entry sets the image of every container`(folder: String, kubectl: String) async throws {
        let copy = try Manifests.copy(of: folder)
        let name = "newName: images.example/headcast"
        try Manifests.edit("kustomization.yaml", in: copy, replacing: "newName: headcast", with: name)
        let images = try await Manifests.render(copy, with: kubectl).workloads.flatMap(\.containers)
            .map { $0["image"].string }
        #expect(images.count == (folder == "deploy/kubernetes" ? 2 : 3))
        #expect(images.allSatisfy { $0?.hasPrefix("images.example/headcast:") == true }, "\(images)")
    }

    @Test(arguments: [Manifests.oldKubectl, Manifests.newKubectl])
    func `a changed setting is another Deployment, so that gateways are replaced`(kubectl: String) async throws {
        func mounted(_ manifests: Manifests) throws -> String? {
            let deployment = try manifests.one("Deployment", "headcast")
            return deployment.podSpec["volumes"][0]["configMap"]["name"].string
        }
        let folder = try Manifests.copy(of: "deploy/kubernetes")
        let before = try await Manifests.render(folder, with: kubectl)
        try Manifests.edit("headcast.yaml", in: folder, replacing: "drainDelay: 5s", with: "drainDelay: 6s")
        let after = try await Manifests.render(folder, with: kubectl)
        #expect(try mounted(before) == before.all("ConfigMap")[0].objectName)
        #expect(try mounted(after) == after.all("ConfigMap")[0].objectName)
        #expect(try mounted(before) != mounted(after))
    }
}
