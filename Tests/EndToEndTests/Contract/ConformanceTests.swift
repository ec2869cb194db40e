import Testing

/// Requests made up from the contract, right ones and wrong ones, are answered as it says.
@Suite(
    .onStage, .enabled(if: ContractTool.isPossible, ContractTool.need), .enabled(if: Cluster.isPossible, Cluster.need))
struct ConformanceTests {
    @Test func `schemathesis finds nothing`() async throws {
        let gateways = try await ContractGateways.start()
        // At `/publish` a gateway with several topics takes nothing.
        try await examine(gateways.several, ["--exclude-path", "/publish"])
        try await examine(gateways.one, ["--include-path", "/publish", "--include-path", "/messages/{id}"])
    }

    private func examine(_ gateway: Gateway, _ selection: [String]) async throws {
        let arguments = ["--config-file", ContractTool.part("schemathesis.toml"), "run", ContractTool.contract]
        let location = ["--url", "http://\(gateway.endpoint)"]
        let program = try await ContractTool.run(
            ["-m", "schemathesis.cli"] + arguments + location + selection, within: .seconds(240))
        #expect(program.ending == .exited(0), "\(program.output.suffix(6_000))\n\(program.errors)")
        #expect(gateway.program.ending == nil, "\(gateway.program.account)")
    }
}
