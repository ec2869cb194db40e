import Foundation
import Testing

/// curl, as a user types it.
enum Curl {
    struct Outcome: Sendable {
        let exit: Program.Ending
        let response: HTTPResponse
        let errors: String
    }

    /// Runs curl with `arguments` and reads the last response it printed.
    static func run(_ arguments: [String], in place: String? = nil) async throws -> Outcome {
        let namespace = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        let command = namespace + [try #require(Tool.curl), "-sS", "-i", "--max-time", "20"] + arguments
        let program = try Stage.current.start(command, name: "curl")
        let exit = try await program.end(within: .seconds(30))
        var bytes = Array(FileManager.default.contents(atPath: program.standardOutput) ?? Data())
        var last: HTTPResponse?
        let isHead = arguments.contains("-I") || arguments.contains("--head")
        while let response = HTTPResponse(&bytes, isHead: isHead, isClosed: true) { last = response }
        return Outcome(exit: exit, response: try #require(last, "\(program.account)"), errors: program.errors)
    }

    static func request(
        _ method: String,
        _ url: String,
        headers: [String],
        body: [UInt8]?,
        in place: String?
    ) async throws -> HTTPResponse {
        var arguments = ["-X", method] + headers.flatMap { ["-H", $0] }
        if method == "HEAD" { arguments = ["-I"] + headers.flatMap { ["-H", $0] } }
        if let body {
            let path = try Stage.current.path("body-\(UUID().uuidString)")
            try Data(body).write(to: URL(fileURLWithPath: path))
            arguments += ["--data-binary", "@\(path)"]
        }
        return try await run(arguments + [url], in: place).response
    }
}
