import Foundation
import Testing

/// The objects that a folder of `deploy` renders to, as kubectl would send them to a cluster.
struct Manifests: Sendable {
    let objects: [JSON]

    static let folders =
        ["deploy/kubernetes"]
        + ["listener", "subscriber", "responder"].map { "deploy/examples/python-\($0)" } + recorderFolders

    /// Those with a recorder, one for each kind of store.
    static let recorderFolders = ["deploy/recorder/sqlite", "deploy/recorder/postgresql"]

    /// A kubectl with kustomize 2.0.3 inside, as all had until 1.20, and today's.
    static let oldKubectl = Tool.root + "/.build/kubectl/v20"
    static let newKubectl = Tool.root + "/.build/kubectl/v37"

    /// What a folder of the package renders to; asked once for all tests.
    static func render(_ folder: String) async throws -> Manifests { try await Renderings.shared.manifests(of: folder) }

    /// Renders a folder, given as an absolute path.
    static func render(_ path: String, with kubectl: String) async throws -> Manifests {
        let yaml = try await output(of: [kubectl, "kustomize", path], name: "kubectl")
        return Manifests(objects: try await documents(inYAML: yaml))
    }

    /// The documents of a YAML file.
    static func documents(inYAML path: String) async throws -> [JSON] {
        let json = try await part("json", path)
        let text = FileManager.default.contents(atPath: json).map { String(decoding: $0, as: UTF8.self) }
        return try #require(JSON(text: text ?? ""), "\(path) is not YAML").list
    }

    /// What the schemas of all known releases of Kubernetes have against objects; the first line names the releases.
    static func verdict(on objects: [JSON]) async throws -> [String] {
        let path = try Stage.current.path("objects-\(UUID().uuidString.prefix(6)).json")
        try JSONEncoder().encode(objects).write(to: URL(fileURLWithPath: path))
        let lines = FileManager.default.contents(atPath: try await part("validate", path)) ?? Data()
        return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func part(_ verb: String, _ path: String) async throws -> String {
        let python = Tool.root + "/.build/python/bin/python"
        return try await output(of: [python, Tool.part("manifests.py"), verb, path], name: verb)
    }

    /// Runs a command and gives the path of what it printed.
    private static func output(of command: [String], name: String) async throws -> String {
        let isThere = FileManager.default.isExecutableFile(atPath: command[0])
        try #require(isThere, "\(command[0]) is missing; ./deploy/test fetches it")
        let program = try Stage.current.start(command, name: name)
        try #require(try await program.end() == .exited(0), "\(program.account)")
        return program.standardOutput
    }
}

/// The folders of the package that were rendered before.
private actor Renderings {
    static let shared = Renderings()

    private var known: [String: Manifests] = [:]

    func manifests(of folder: String) async throws -> Manifests {
        if let manifests = known[folder] { return manifests }
        let manifests = try await Manifests.render("\(Tool.root)/\(folder)", with: Manifests.newKubectl)
        known[folder] = manifests
        return manifests
    }
}

extension Manifests {
    func all(_ kind: String) -> [JSON] { objects.filter { $0["kind"].string == kind } }

    func one(_ kind: String, _ name: String) throws -> JSON {
        try #require(all(kind).first { $0.objectName == name }, "there is no \(kind) \(name)")
    }

    /// Everything that runs pods.
    var workloads: [JSON] { objects.filter { $0["spec"]["template"] != .null } }

    /// The same without the hashes behind the names of ConfigMaps, in order of kind and name.
    func withoutHashes() -> Manifests {
        let names = all("ConfigMap").map(\.objectName)
        let plain = objects.map { object in
            names.reduce(object) { $0.replacing($1, with: $1.replacing(#/-[a-z0-9]{10}$/#, with: "")) }
        }
        return Manifests(objects: plain.sorted { $0.sortingKey < $1.sortingKey })
    }
}

extension JSON {
    var objectName: String { self["metadata"]["name"].string ?? "" }
    var podSpec: JSON { self["spec"]["template"]["spec"] }
    var podLabels: JSON { self["spec"]["template"]["metadata"]["labels"] }
    var containers: [JSON] { podSpec["containers"].list + podSpec["initContainers"].list }

    fileprivate var sortingKey: String { (self["kind"].string ?? "") + "/" + objectName }

    /// The value with every string that equals `old` replaced.
    func replacing(_ old: String, with new: String) -> JSON {
        switch self {
        case .string(old): .string(new)
        case .list(let items): .list(items.map { $0.replacing(old, with: new) })
        case .object(let members): .object(members.mapValues { $0.replacing(old, with: new) })
        default: self
        }
    }

    /// The value with the member at a path of names set.
    func setting(_ path: [String], to value: JSON) -> JSON {
        guard let name = path.first, case .object(var members) = self else { return value }
        members[name] = self[name].setting(Array(path.dropFirst()), to: value)
        return .object(members)
    }

    /// Whether every member of a selector is among these labels; an empty selector matches everything.
    func selects(_ labels: JSON) -> Bool { names.allSatisfy { self[$0] == labels[$0] } }
}

extension JSON: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        // Kubernetes tells integers from numbers.
        case .number(let number): try Int(exactly: number).map { try container.encode($0) } ?? container.encode(number)
        case .string(let string): try container.encode(string)
        case .list(let items): try container.encode(items)
        case .object(let members): try container.encode(members)
        }
    }
}
