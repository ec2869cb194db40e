import Foundation
import Testing

/// Requests made up from the contract, right ones and wrong ones, are answered as it says.
@Suite(
    .onStage, .enabled(if: ContractTool.isPossible, ContractTool.need), .enabled(if: Cluster.isPossible, Cluster.need))
struct ConformanceTests {
    @Test func `schemathesis finds nothing`() async throws {
        let gateways = try await ContractGateways.start()
        // At `/publish` a gateway with several topics takes nothing.
        let several = try await examine(gateways.several, ["--exclude-path", "/publish"])
        #expect(several.isSuperset(of: [200, 201, 202, 400, 404, 405, 502, 503]))
        let one = try await examine(gateways.one, ["--include-path", "/publish", "--include-path", "/messages/{id}"])
        #expect(one.isSuperset(of: [200, 201, 400, 404, 405]))
    }

    @Test func `schemathesis finds an answer that lacks a member`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let contract = try String(contentsOfFile: ContractTool.contract, encoding: .utf8)
        let more = contract.replacing("required: [status]\n", with: "required: [status, since]\n")
        let path = try Stage.current.write(more, to: "more.yaml")
        let program = try await ContractTool.run([
            "-m", "schemathesis.cli", "run", path, "--url", "http://\(gateway.endpoint)", "--phases", "coverage",
            "--include-path", "/livez",
        ])
        #expect(program.ending == .exited(1))
        #expect(program.output.contains("\"since\" is a required property"), "\(program.output)")
    }

    /// Has schemathesis try the operations of `selection`, and gives the statuses that were answered.
    private func examine(_ gateway: Gateway, _ selection: [String]) async throws -> Set<Int> {
        let record = try Stage.current.path("\(UUID().uuidString).har")
        let program = try await ContractTool.run(
            [
                "-m", "schemathesis.cli", "--config-file", ContractTool.part("schemathesis.toml"), "run",
                ContractTool.contract, "--url", "http://\(gateway.endpoint)", "--report-har-path", record,
            ] + selection, within: .seconds(240))
        #expect(program.ending == .exited(0), "\(program.output.suffix(6_000))\n\(program.errors)")
        #expect(gateway.program.ending == nil, "\(gateway.program.account)")
        let text = try Data(contentsOf: URL(fileURLWithPath: record))
        return Set((100..<600).filter { text.range(of: Data("\"status\": \($0)".utf8)) != nil })
    }
}
