import Foundation
import Testing

/// The examples in Python, by a type checker that knows what the oldest Python they name has.
@Suite(.onStage, .enabled(if: ContractTool.isPossible, ContractTool.need))
struct PythonTypesTests {
    private static let folder = "\(Tool.root)/deploy/examples"

    @Test func `the examples are well typed and need nothing newer than Python 3.9`() async throws {
        let names = try FileManager.default.subpathsOfDirectory(atPath: Self.folder)
        let paths = names.filter { $0.hasSuffix(".py") }.map { "\(Self.folder)/\($0)" }
        #expect(paths.count >= 4, "\(paths)")
        let check = try await check(paths.sorted())
        #expect(check.ending == .exited(0), "\(check.account)")
    }

    @Test func `what Python 3.10 brought is found`() async throws {
        let path = try Stage.current.write("print((5).bit_count())\n", to: "newer.py")
        let check = try await check([path])
        #expect(check.ending == .exited(1), "\(check.account)")
        #expect(check.output.contains("bit_count"), "\(check.account)")
    }

    private func check(_ paths: [String]) async throws -> Program {
        let flags = ["--strict", "--python-version", "3.9"]
        return try await ContractTool.run(["-m", "mypy"] + flags + paths, within: .seconds(180))
    }
}
