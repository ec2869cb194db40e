import Foundation
import Testing

/// openapi.yaml is right in itself, and of use to programs that read it.
@Suite(.onStage, .enabled(if: ContractTool.isPossible, ContractTool.need))
struct ContractTests {
    @Test(arguments: [ContractTool.contract, ContractTool.recorderContract])
    func `a contract is OpenAPI 3.1, its examples fit and all its parts are used`(path: String) async throws {
        let check = try await ContractTool.run([ContractTool.part("check.py"), path])
        #expect(check.ending == .exited(0), "\(check.account)")
    }

    @Test func `what is wrong in a contract is found`() async throws {
        let contract = try String(contentsOfFile: ContractTool.contract, encoding: .utf8)
        let wrong =
            contract
            .replacing("code: draining\n", with: "code: drained\n")
            .replacing("  headers:\n    Location:\n", with: "  headers:\n    Unused: {schema: {}}\n    Location:\n")
            .replacing("summary: Everything at a glance\n", with: "summary: [1]\n")
        let path = try Stage.current.write(wrong, to: "wrong.yaml")
        let check = try await ContractTool.run([ContractTool.part("check.py"), path])
        #expect(check.ending == .exited(1), "\(check.account)")
        #expect(check.output.contains("'drained' is not one of"), "\(check.account)")
        #expect(check.output.contains("#/components/headers/Unused: nothing refers to it"), "\(check.account)")
        #expect(check.output.contains("not OpenAPI 3.1"), "\(check.account)")
    }

    @Test func `a client generated from the contract works`() async throws {
        let package = try Stage.current.path("client/headcast_client")
        let generated = try await ContractTool.run([
            "-m", "openapi_python_client", "generate", "--path", ContractTool.contract, "--output-path", package,
            "--meta", "none", "--config", ContractTool.part("client.yaml"), "--fail-on-warning",
        ])
        #expect(generated.ending == .exited(0), "\(generated.account)")
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000,127.0.1.2:12000", with: ["--name", "gateway-1"])
        let used = try await ContractTool.run([
            ContractTool.part("client.py"), Stage.current.path("client"), "http://\(gateway.endpoint)",
        ])
        let answer = try #require(JSON(text: used.output), "\(used.account)")
        #expect(answer["payloadBytes"].int == 5)
        #expect(answer["copies"].int == 2)
        #expect(answer["published"].bool == true)
        #expect(answer["topic"].string == "orders")
        #expect(answer["messages"].int == 1)
        #expect(answer["message"].bool == true)
        #expect(answer["endpoints"].list == [.string("127.0.1.1:12000"), .string("127.0.1.2:12000")])
        #expect(answer["states"].list.count == 2)
        #expect(answer["unknownStatus"].int == 404)
        #expect(answer["unknownCode"].string == "unknown_message")
        #expect(answer["unknownGateway"].string == "gateway-1")
    }
}
