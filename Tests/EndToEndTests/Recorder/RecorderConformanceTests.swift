import Foundation
import Testing

/// Requests made up from the recorder's contract, right ones and wrong ones, are answered as it says.
@Suite(.onStage, .enabled(if: ContractTool.isPossible, ContractTool.need))
struct RecorderConformanceTests {
    @Test func `schemathesis finds nothing with a file of SQLite`() async throws {
        try await examine(try await Recorder.start(store: "sqlite://\(try Stage.current.path("records.db"))"))
    }

    @Test(.enabled(if: PostgreSQL.isPossible, PostgreSQL.need))
    func `schemathesis finds nothing with a server of PostgreSQL`() async throws {
        let server = try await PostgreSQL.make()
        try await server.start()
        try await examine(try await Recorder.start(store: server.url))
    }

    private func examine(_ recorder: Recorder) async throws {
        for message in ["m1", "a/b"] { _ = try await recorder.respond(message, "total", "pod-1", "7") }
        let record = try Stage.current.path("record.har")
        let program = try await ContractTool.run(
            [
                "-m", "schemathesis.cli", "--config-file", ContractTool.part("schemathesis-recorder.toml"), "run",
                ContractTool.recorderContract, "--url", "http://\(recorder.endpoint)", "--report-har-path", record,
            ], within: .seconds(240))
        #expect(program.ending == .exited(0), "\(program.output.suffix(6_000))\n\(program.errors)")
        #expect(recorder.program.ending == nil, "\(recorder.program.account)")
        let text = try Data(contentsOf: URL(fileURLWithPath: record))
        for status in [200, 201, 400, 404, 405] {
            #expect(text.range(of: Data("\"status\": \(status)".utf8)) != nil, "\(status)")
        }
    }
}
