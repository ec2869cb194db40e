import Foundation
import Testing

/// The programs in Swift that the README shows compile as they stand there.
@Suite(.onStage, .enabled(if: Tool.swiftc != nil && Tool.headcast != nil, "needs swiftc, and what the build left"))
struct ReadmeProgramTests {
    private static let programs: [String] = {
        let text = (try? String(contentsOfFile: Tool.root + "/README.md", encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n```swift\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0] + "\n"
        }
    }()

    @Test func `there are some`() {
        #expect(Self.programs.count == 3)
    }

    @Test(arguments: programs)
    func `it compiles`(program: String) async throws {
        let compiler = try await compile(program)
        #expect(compiler.ending == .exited(0), "\(compiler.account)")
    }

    @Test func `one that uses what it does not import is refused`() async throws {
        let compiler = try await compile("import Headcast\nsignal(SIGTERM, SIG_IGN)\n")
        #expect(compiler.ending == .exited(1), "\(compiler.account)")
        #expect(compiler.errors.contains("SIGTERM"), "\(compiler.account)")
    }

    /// Checks the types of `program` against the library as the tests were built.
    private func compile(_ program: String) async throws -> Program {
        let build = URL(fileURLWithPath: try #require(Tool.headcast)).deletingLastPathComponent().path
        let command = [
            try #require(Tool.swiftc), "-typecheck", "-swift-version", "6", "-warnings-as-errors",
            "-I", build + "/Modules", "-I", Tool.root + "/Sources/CCurl",
            "-Xcc", "-fmodule-map-file=\(build)/CLinux.build/module.modulemap",
            try Stage.current.write(program, to: "main.swift"),
        ]
        let compiler = try Stage.current.start(command, name: "swiftc")
        _ = try await compiler.end(within: .seconds(60))
        return compiler
    }
}
