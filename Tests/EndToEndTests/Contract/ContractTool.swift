import Foundation
import Testing

/// The tools that read openapi.yaml, which `deploy/install` puts into an environment of their own.
enum ContractTool {
    static let need: Comment = "needs .build/python: deploy/install build test"
    static let python = Tool.root + "/.build/python/bin/python"
    static let contract = Tool.root + "/openapi.yaml"
    static let recorderContract = Tool.root + "/Sources/Recording/openapi.yaml"

    static var isPossible: Bool { access(python, X_OK) == 0 }

    /// Runs `arguments` with Python, in the directory of the stage, to the end.
    static func run(_ arguments: [String], within limit: Duration = .seconds(60)) async throws -> Program {
        let stage = try Stage.current
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let environment = [
            "PATH": "\(Tool.root)/.build/python/bin:\(path)", "PYTHONDONTWRITEBYTECODE": "1",
            "SCHEMATHESIS_HOOKS": part("hooks.py"),
        ]
        let command = ["/usr/bin/env", "-C", stage.directory, python] + arguments
        let program = try stage.start(command, environment: environment, name: "python")
        _ = try await program.end(within: limit)
        return program
    }

    static func part(_ name: String) -> String { Tool.part("contract/\(name)") }
}
