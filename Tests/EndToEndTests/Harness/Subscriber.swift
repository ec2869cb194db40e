import Testing

/// A running `headcast subscribe --output json`, writing into a file.
struct Subscriber: Sendable {
    let program: Program
    let endpoint: String

    static func start(
        on endpoint: String = "127.0.0.1:0", output: String = "json", with flags: [String] = []
    ) async throws -> Subscriber {
        let program = try launch(on: endpoint, output: output, with: flags)
        let bound = try await eventually("it listens", or: { program.account }) {
            program.errors.firstMatch(of: #/listening on (\S+:\d+)/#).map { String($0.1) }
        }
        return Subscriber(program: program, endpoint: bound)
    }

    static func launch(on endpoint: String, output: String = "json", with flags: [String] = []) throws -> Program {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let command = [headcast, "subscribe", "--listen", endpoint, "--output", output] + flags
        return try Stage.current.start(command, name: "subscribe")
    }

    /// The lines written, once they are so many; one that is still being written is none.
    func lines(count: Int) async throws -> [JSON] {
        try await eventually("\(count) lines are written", or: { program.account }) {
            let output = program.output
            let lines = output.prefix(upTo: output.lastIndex(of: "\n") ?? output.startIndex).split(separator: "\n").map(
                String.init)
            return lines.count >= count ? lines.map { JSON(text: $0) ?? .null } : nil
        }
    }
}
