import Testing

/// Pods ask for nothing that the restricted pod security of Kubernetes, or OpenShift's restricted-v2, would refuse.
@Suite(.onStage)
struct RestrictionTests {
    /// What Kubernetes documents as "restricted" (Pod Security Standards), and no user of their own: OpenShift gives one.
    @Test(arguments: Manifests.folders)
    func `every pod is restricted`(folder: String) async throws {
        let workloads = try await Manifests.render(folder).workloads
        try #require(!workloads.isEmpty)
        for workload in workloads {
            let pod = workload.podSpec
            let name = Comment(rawValue: workload.objectName)
            #expect(pod["securityContext"]["runAsNonRoot"] == .bool(true), name)
            #expect(pod["securityContext"]["seccompProfile"]["type"] == .string("RuntimeDefault"), name)
            for own in ["runAsUser", "runAsGroup", "supplementalGroups", "sysctls", "seLinuxOptions"] {
                #expect(pod["securityContext"][own] == .null, name)
            }
            let hasVolume = !workload["spec"]["volumeClaimTemplates"].list.isEmpty
            #expect(pod["securityContext"]["fsGroup"] == (hasVolume ? .number(65_532) : .null), name)
            for shared in ["hostNetwork", "hostPID", "hostIPC"] { #expect(pod[shared] == .null, name) }
            #expect(pod["automountServiceAccountToken"] == .bool(false), name)
            #expect(pod["enableServiceLinks"] == .bool(false), name)
            for volume in pod["volumes"].list {
                #expect(volume.names.subtracting(["name"]).isSubset(of: ["configMap", "emptyDir", "secret"]), name)
            }
        }
    }

    /// Elsewhere a new disk belongs to root unless a group is named; OpenShift names one itself and refuses others.
    @Test(arguments: [Manifests.oldKubectl, Manifests.newKubectl])
    func `without the line that OpenShift does not want, no pod asks for a group`(kubectl: String) async throws {
        let folder = try Manifests.copy(of: "deploy/recorder/sqlite")
        try Manifests.edit("kustomization.yaml", in: folder, replacing: "  - volume-group.yaml\n", with: "")
        let recorder = try await Manifests.render(folder, with: kubectl).one("StatefulSet", "headcast-recorder")
        #expect(recorder.podSpec["securityContext"].names == ["runAsNonRoot", "seccompProfile"])
    }

    @Test(arguments: Manifests.folders)
    func `every container is restricted, and bounded`(folder: String) async throws {
        let containers = try await Manifests.render(folder).workloads.flatMap(\.containers)
        try #require(!containers.isEmpty)
        for container in containers {
            let context = container["securityContext"]
            let name = Comment(rawValue: container["name"].string ?? "")
            #expect(context["allowPrivilegeEscalation"] == .bool(false), name)
            #expect(context["readOnlyRootFilesystem"] == .bool(true), name)
            #expect(context["capabilities"] == .object(["drop": .list([.string("ALL")])]), name)
            #expect(context.names == ["allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"], name)
            #expect(container["ports"].list.allSatisfy { $0["hostPort"] == .null }, name)
            for share in ["requests", "limits"] {
                #expect(container["resources"][share].names == ["cpu", "memory"], name)
            }
            // An image without a tag is whatever is newest on the day a pod starts.
            #expect(container["image"].string?.contains(":") == true, name)
        }
    }
}
