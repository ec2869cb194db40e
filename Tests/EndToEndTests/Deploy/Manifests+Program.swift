import Testing

extension Manifests {
    /// The arguments of a container after the command.
    func arguments(of command: String, _ kind: String, _ name: String) throws -> [String] {
        let container = try #require(try one(kind, name).containers.first)
        // The image's entrypoint is headcast.
        try #require(container["command"] == .null)
        let arguments = container["args"].list.compactMap(\.string)
        try #require(arguments.first == command)
        return Array(arguments.dropFirst())
    }

    /// The variables of the gateway's container, what its ConfigMap mounts being in a folder of the test.
    func gatewayEnvironment() throws -> [String: String] {
        try environment(of: "Deployment", "headcast", mounting: try writeSettings())
    }

    /// The variables of a container, those from a Secret as they are there.
    ///
    /// - Parameter folder: what stands in place of the path that the container's volume has.
    func environment(
        of kind: String, _ name: String, mounting folder: String? = nil, secret: [String: String] = [:]
    ) throws -> [String: String] {
        let container = try #require(try one(kind, name).containers.first)
        let mount = try #require(container["volumeMounts"][0]["mountPath"].string)
        let variables = try container["env"].list.map { variable in
            let key = variable["valueFrom"]["secretKeyRef"]["key"].string
            let value = try #require(variable["value"].string ?? key.flatMap { secret[$0] }, "\(variable)")
            return (try #require(variable["name"].string), value)
        }
        return Dictionary(uniqueKeysWithValues: variables).mapValues { $0.replacing(mount, with: folder ?? mount) }
    }

    /// A folder with the files of the one ConfigMap.
    func writeSettings() throws -> String {
        let files = try #require(all("ConfigMap").first)["data"]
        for name in files.names { _ = try Stage.current.write(try #require(files[name].string), to: name) }
        return try Stage.current.directory
    }
}
