import Foundation
import Testing

/// A process that publishes payloads and knows what became of each.
struct Publication: Sendable {
    let program: Program
    private let path: String

    /// Starts to publish.
    ///
    /// - Parameters:
    ///   - plan: how many messages of which sizes, as `Parts/network/messages.py` takes it.
    ///   - targets: each message goes to every one: a gateway in the same namespace, and a topic of it.
    ///   - arguments: more of the script's options.
    static func start(
        _ plan: String, to targets: [(gateway: Gateway, topic: String)], _ arguments: String...
    ) throws -> Publication {
        let stage = try Stage.current
        let path = stage.path("ledger-\(UUID().uuidString.prefix(6))")
        let place = targets.first?.gateway.place
        let namespace = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        let script = [try #require(Tool.python), "-B", Tool.part("network/messages.py"), path, plan]
        let urls = targets.map { "http://\($0.gateway.endpoint)/publish/\($0.topic)" }
        let program = try stage.start(namespace + script + urls + arguments, name: "messages")
        return Publication(program: program, path: path)
    }

    /// Waits until at least one message has been answered.
    func isPublishing() async throws {
        try await eventually("messages are answered", or: { program.account }) { program.lines.first == "publishing" }
    }

    /// Waits until it has published all.
    func ledger(within limit: Duration = .seconds(60)) async throws -> [Entry] {
        try #require(try await program.end(within: limit) == .exited(0), "\(program.account)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
    }

    /// One publish of one message.
    struct Entry: Decodable, Sendable {
        /// Which of the targets.
        let place: Int
        /// 0 where no answer came.
        let status: Int
        let id: String?
        let topic: String?
        let epoch: Int64?
        let sequence: UInt64?
        let sha256: String
        let bytes: Int
    }
}
