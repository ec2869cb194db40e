import Foundation
import Testing

/// A process that publishes over many connections at once.
struct Publisher: Sendable {
    let program: Program
    private let records: String

    /// - Parameters:
    ///   - messages: in all; nil publishes until the gateway closes its connections.
    ///   - rate: messages per second; nil is as fast as answers come.
    static func start(
        to gateway: Gateway,
        path: String = "/publish/orders",
        connections: Int,
        messages: Int?,
        rate: Int? = nil,
        payloadBytes: Int = 64
    ) async throws -> Publisher {
        let stage = try Stage.current
        let records = stage.path("published-\(UUID().uuidString.prefix(6))")
        let namespace = try gateway.place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        let parts = gateway.endpoint.split(separator: ":").map(String.init)
        let numbers = [connections, messages ?? 0, rate ?? 0, payloadBytes].map(String.init)
        let script = [try #require(Tool.python), Tool.part("publish.py"), records]
        let program = try stage.start(namespace + script + parts + [path] + numbers, name: "publisher")
        return Publisher(program: program, records: records)
    }

    /// Waits until at least one message has been answered.
    func isPublishing() async throws {
        try await eventually("messages are answered", or: { program.account }) { program.lines.first == "publishing" }
    }

    /// Waits until it has published all.
    func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
        _ = try await program.end(within: limit)
        let summary = try #require(JSON(text: program.lines.last ?? ""), "\(program.account)")
        return Outcome(summary: summary, records: records)
    }

    /// What was answered.
    struct Outcome: Sendable {
        let summary: JSON
        let records: String

        func answers(_ status: Int) -> Int { summary["statuses"]["\(status)"].int ?? 0 }

        var statuses: Set<String> { summary["statuses"].names }
        /// Requests whose connection ended before an answer.
        var unanswered: Int { summary["unanswered"].int ?? -1 }
        var slowestSeconds: Double { summary["slowestSeconds"].number ?? .infinity }

        var receipts: [Answer] {
            let bytes = FileManager.default.contents(atPath: records) ?? Data()
            return Words(bytes, perRecord: 6).map { words in
                Answer(
                    message: PublishedMessage(connection: words[0], number: words[1]),
                    status: Int(words[2]),
                    sequence: words[3],
                    sent: Int(words[4]),
                    failed: Int(words[5])
                )
            }
        }
    }

    struct Answer: Sendable {
        let message: PublishedMessage
        let status: Int
        let sequence: UInt64
        let sent: Int
        let failed: Int
    }
}
