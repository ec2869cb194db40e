import Glibc
import Testing

/// A process in a pod of its own through which datagrams reach another, late, out of order and some of them twice.
struct Relay: Sendable {
    let program: Program

    /// - Parameters:
    ///   - delay: seconds that a datagram is late at most.
    ///   - duplicates: the share of them that is passed on twice.
    static func start(
        at position: Int, to other: Int, of network: Network, seed: Int, delay: Double, duplicates: Double
    ) async throws -> Relay {
        let places = [position, other].map { "\(network.address($0)):\(Receiver.port)" }
        let command =
            [
                try #require(Tool.ip), "netns", "exec", network.pods[position], try #require(Tool.python), "-B",
                Tool.part("network/relay.py"),
            ] + places + ["\(seed)", "\(delay)", "\(duplicates)"]
        let program = try Stage.current.start(command, name: "relay")
        try await eventually("the relay is ready", or: { program.account }) { program.lines.first == "ready" }
        return Relay(program: program)
    }

    /// Ends it and gives how many datagrams came, left, and overtook others.
    func end() async throws -> JSON {
        program.signal(SIGTERM)
        try #require(try await program.end() == .exited(0), "\(program.account)")
        return try #require(JSON(text: program.lines.last ?? ""))
    }
}
