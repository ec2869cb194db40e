import Foundation
import Testing

/// A real name server, knot, that serves the zone `cluster.local`.
///
/// Its records live 1 s, so that a gateway asks about once a second.
struct NameServer: Sendable {
    static let headless = "headless-udp.shop.svc.cluster.local"

    let port: UInt16
    let directory: String
    private let place: String?
    private let running: Program

    var endpoint: String { "127.0.0.1:\(port)" }

    /// Starts one whose zone has these records beside its own name.
    ///
    /// In a namespace, a `place`, it has the port that resolv.conf cannot change, 53.
    static func start(_ records: [String] = [], in place: String? = nil) async throws -> NameServer {
        let stage = try Stage.current
        let port = place == nil ? try FreePort.find() : 53
        let directory = stage.path("knot-\(port)")
        try FileManager.default.createDirectory(atPath: directory + "/db", withIntermediateDirectories: true)
        try Data(configuration(port, directory).utf8).write(to: URL(fileURLWithPath: directory + "/knot.conf"))
        try writeZone(records, in: directory)
        return try await launch(port, directory, place)
    }

    /// Replaces the records of the zone; what answers next is the new ones.
    func serve(_ records: [String]) async throws {
        try Self.writeZone(records, in: directory)
        try await control(["reload"])
    }

    /// Answers SERVFAIL until the next `serve`.
    func failToServe() async throws { try await control(["-f", "zone-purge", "+expire", "cluster.local"]) }

    /// Takes queries and answers none, until `resume`.
    func stopAnswering() { running.signal(SIGSTOP) }

    func resume() { running.signal(SIGCONT) }

    func kill() { running.kill() }

    /// Starts it again after `kill`, on the same port, with the zone it last had.
    func restart() async throws -> NameServer { try await Self.launch(port, directory, place) }

    private static func launch(_ port: UInt16, _ directory: String, _ place: String?) async throws -> NameServer {
        let namespace = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        let command = namespace + [try #require(Tool.knotd), "-c", directory + "/knot.conf"]
        let program = try Stage.current.start(command, name: "knotd")
        let server = NameServer(port: port, directory: directory, place: place, running: program)
        try await eventually("knot serves its zone", or: { program.account }) {
            program.errors.contains("control, binding") && program.errors.contains("loaded, serial")
        }
        return server
    }

    private func control(_ arguments: [String]) async throws {
        let command = [try #require(Tool.knotc), "-b", "-s", directory + "/control"] + arguments
        let program = try Stage.current.start(command, name: "knotc")
        let ending = try await program.end()
        try #require(ending == .exited(0), "\(program.account)")
    }

    private static func writeZone(_ records: [String], in directory: String) throws {
        // The serial only has to rise.
        let serial = UInt32(truncatingIfNeeded: Int(Date().timeIntervalSince1970 * 100))
        let lines = [
            "$ORIGIN cluster.local.", "$TTL 1",
            "@ SOA ns root \(serial) 1 1 86400 1", "@ NS ns", "ns A 127.0.0.1",
        ]
        let text = (lines + records).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/cluster.local.zone"))
    }

    private static func configuration(_ port: UInt16, _ directory: String) -> String {
        """
        server:
            listen: [ 127.0.0.1@\(port) ]
            rundir: "\(directory)"
            udp-workers: 1
            tcp-workers: 1
            background-workers: 1
        control:
            listen: "\(directory)/control"
        database:
            storage: "\(directory)/db"
        log:
          - target: stderr
            any: info
        template:
          - id: default
            storage: "\(directory)"
            zonefile-load: whole
            zonefile-sync: -1
            journal-content: none
            semantic-checks: off
        zone:
          - domain: cluster.local
            file: cluster.local.zone

        """
    }
}

extension NameServer {
    /// Records of the headless name for pods at these addresses, as the cluster's DNS has them.
    static func pods(_ addresses: some Sequence<String>, ttl: Int = 1) -> [String] {
        addresses.map { "\(headless). \(ttl) \($0.contains(":") ? "AAAA" : "A") \($0)" }
    }

    /// SRV records of the port named `udp`, and the addresses of their targets.
    static func services(_ pods: [(name: String, address: String, port: UInt16)]) -> [String] {
        pods.flatMap { pod in
            [
                "_udp._udp.\(headless). SRV 0 50 \(pod.port) \(pod.name).\(headless).",
                "\(pod.name).\(headless). A \(pod.address)",
            ]
        }
    }
}
