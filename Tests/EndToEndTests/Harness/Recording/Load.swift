import Foundation
import Glibc
import Testing

/// A process that answers as many subscribers do, and knows what was acknowledged.
struct Load: Sendable {
    let program: Program
    private let path: String

    /// - Parameter options: what `Parts/recorder/load.py` takes besides.
    static func start(to endpoints: [String], _ options: [String] = []) throws -> Load {
        let stage = try Stage.current
        let path = stage.path("ledger-\(UUID().uuidString.prefix(6))")
        let script = [try #require(Tool.python), "-B", Tool.part("recorder/load.py"), path]
        let program = try stage.start(script + endpoints.map { "http://\($0)" } + options, name: "load")
        return Load(program: program, path: path)
    }

    /// About how many responses have been acknowledged; never more than there are.
    var acknowledged: Int {
        program.lines.last.flatMap { $0.firstMatch(of: #/^acknowledged (\d+)$/#) }.flatMap { Int($0.1) } ?? 0
    }

    /// Waits until so many more have been acknowledged.
    func acknowledges(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        let before = acknowledged
        try await eventually("\(count) more are acknowledged", within: limit, or: { program.account }) {
            guard program.ending == nil else { throw NeverHappened(what: "it went on", account: program.account) }
            return acknowledged >= before + count
        }
    }

    /// What has been acknowledged so far.
    func ledger() throws -> Ledger {
        // A line that is being written is none yet.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return Ledger(try Item.read(text.prefix(through: text.lastIndex(of: "\n") ?? text.startIndex)))
    }

    /// Has it begin nothing more, and waits until all it began is acknowledged.
    func stop() async throws -> Outcome {
        program.signal(SIGTERM)
        return try await outcome()
    }

    /// Waits until everything is acknowledged.
    func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
        try #require(try await program.end(within: limit) == .exited(0), "\(program.account)")
        let summary = try #require(program.lines.last.flatMap { JSON(text: $0) }, "\(program.account)")
        return Outcome(ledger: try ledger(), summary: summary)
    }

    struct Outcome: Sendable {
        let ledger: Ledger
        let summary: JSON

        /// Requests whose connection ended before an answer.
        var lost: Int { summary["lost"].int ?? 0 }
        /// Why something was not acknowledged, such as `503 store_full`.
        var refusals: Set<String> { summary["refused"].names }
    }
}
