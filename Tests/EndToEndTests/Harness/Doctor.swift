import Testing

/// A run of `headcast doctor` and its report.
struct Doctor: Sendable {
    let program: Program
    let ending: Program.Ending

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in place: String? = nil
    ) async throws -> Doctor {
        var command = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        command += [try #require(Tool.headcast, "headcast is not built"), "doctor"] + arguments
        let program = try Stage.current.start(command, environment: environment, name: "doctor")
        return Doctor(program: program, ending: try await program.end(within: .seconds(30)))
    }

    /// Runs it for one topic; nothing is listening at the gateway's address, a free port.
    static func run(
        topic: String, _ arguments: [String] = [], in place: String? = nil
    ) async throws -> Doctor {
        try await run(["--topic", "orders=\(topic)", "--listen", "127.0.0.1:0"] + arguments, in: place)
    }

    /// The findings on a subject, mark first: `ok 3 A records`.
    func findings(_ subject: String) -> [String] {
        program.lines.compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, ["ok", "warn", "bad"].contains(words[0]), words[1] == subject else { return nil }
            return "\(words[0]) \(words[2].drop { $0 == " " })"
        }
    }

    var counts: String { program.lines.last ?? "" }
}
