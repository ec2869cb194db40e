import Foundation
import Glibc
import Testing

/// A container engine with a network namespace and a store of its own, the image loaded.
struct ContainerEngine: Sendable {
    let program: Program
    /// The network namespace it is in, where published ports are found.
    let place: String
    private let socket: String

    static func start() async throws -> ContainerEngine {
        let archive = try await Image.archive()
        let place = try Network.alone()
        let folder = try Stage.current.path("containers")
        let script = ["/bin/bash", Tool.part("containers.sh"), folder]
        let command = [try #require(Tool.ip), "netns", "exec", place] + (try Image.alone(script))
        let program = try Stage.current.start(command, name: "containers")
        let engine = ContainerEngine(program: program, place: place, socket: folder + "/podman.sock")
        try await eventually("the engine listens", within: .seconds(30), or: { program.account }) {
            access(engine.socket, F_OK) == 0
        }
        try await engine.podman("load", "--quiet", "--input", archive)
        return engine
    }

    /// A gateway at the port that the image and the compose file give it.
    var gateway: Gateway { Gateway(program: program, endpoint: "127.0.0.1:8080", place: place) }

    /// Runs podman to its end and gives what it printed.
    @discardableResult
    func podman(_ arguments: String...) async throws -> String {
        try await run([try #require(Tool.podman), "--remote"] + arguments)
    }

    /// Runs Compose on the repository's file to its end and gives what it printed.
    @discardableResult
    func compose(_ arguments: String...) async throws -> String { try await compose(arguments) }

    @discardableResult
    func compose(_ arguments: [String]) async throws -> String {
        let file = Tool.root + "/deploy/compose.yaml"
        return try await run([try #require(Tool.dockerCompose), "-p", "headcast", "-f", file] + arguments)
    }

    /// Starts a container of the image on the engine's own network, confined as a cluster would, and gives its id.
    func start(_ arguments: [String], as user: String) async throws -> String {
        let confined = [
            "--user", user, "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all",
            "--security-opt", "no-new-privileges", "--network", "host",
        ]
        let podman = [try #require(Tool.podman), "--remote", "run", "--detach"]
        let id = try await run(podman + confined + [Image.name] + arguments)
        try await eventually("\(arguments[0]) listens", or: { await log(of: id) }) {
            await log(of: id).contains("listening")
        }
        return id
    }

    /// What a container wrote, to standard output and to standard error.
    func log(of container: String) async -> String {
        do {
            let command = [try #require(Tool.podman), "--remote", "logs", container]
            let program = try Stage.current.start(command, environment: environment, name: "logs")
            _ = try await program.end()
            return program.output + program.errors
        } catch {
            return "\(error)"
        }
    }

    /// Ends a container with SIGTERM, with SIGKILL where that does not help, and gives its exit status.
    func stop(_ container: String) async throws -> String {
        try await podman("stop", "--time", "15", container)
        return try await podman("inspect", "--format", "{{.State.ExitCode}}", container)
    }

    private var environment: [String: String] {
        let url = "unix://\(socket)"
        return ["CONTAINER_HOST": url, "DOCKER_HOST": url, "CONTAINERS_CONF": Tool.part("containers.conf")]
    }

    private func run(_ command: [String]) async throws -> String {
        let program = try Stage.current.start(command, environment: environment, name: "containers")
        let ending = try await program.end(within: .seconds(60))
        try #require(ending == .exited(0), "\(command.joined(separator: " ")): \(program.account)")
        return program.output.trimmingCharacters(in: .newlines)
    }
}
