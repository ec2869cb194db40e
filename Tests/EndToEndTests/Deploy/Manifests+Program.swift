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
        let container = try #require(try one("Deployment", "headcast").containers.first)
        let mount = try #require(container["volumeMounts"][0]["mountPath"].string)
        let folder = try writeSettings()
        let variables = try container["env"].list.map { variable in
            (try #require(variable["name"].string), try #require(variable["value"].string))
        }
        return Dictionary(uniqueKeysWithValues: variables).mapValues { $0.replacing(mount, with: folder) }
    }

    /// A folder with the files of the one ConfigMap.
    func writeSettings() throws -> String {
        let files = try #require(all("ConfigMap").first)["data"]
        for name in files.names { _ = try Stage.current.write(try #require(files[name].string), to: name) }
        return try Stage.current.directory
    }
}
