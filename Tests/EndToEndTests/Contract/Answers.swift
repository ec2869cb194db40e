import Foundation
import Testing

/// Answers of gateways, kept to be checked against the contract.
actor Answers {
    private var lines: [String] = []

    /// Makes a request and keeps its answer as one of the contract's `path`; "elsewhere" where it has no such path.
    ///
    /// `target` is the path if left out, `version` and `headers` go into the head as they are.
    @discardableResult
    func request(
        _ gateway: Gateway,
        _ method: String,
        _ path: String,
        _ target: String? = nil,
        headers: [String] = [],
        body: String? = nil,
        version: String = "HTTP/1.1"
    ) async throws -> HTTPResponse {
        let connection = try HTTPConnection(to: gateway.endpoint)
        var head = ["\(method) \(target ?? path) \(version)", "Host: \(gateway.endpoint)"] + headers
        if let body { head.append("Content-Length: \(body.utf8.count)") }
        try await connection.send(head.map { $0 + "\r\n" }.joined() + "\r\n" + (body ?? ""))
        let response = try await connection.response(isHead: method == "HEAD")
        try keep(response, of: method, path)
        return response
    }

    /// What is wrong with the answers, and which answers of the contract are not among them.
    func judged() async throws -> (faults: [String], unmet: Set<String>) {
        let path = try Stage.current.write(lines.joined(separator: "\n"), to: "answers")
        let program = try await ContractTool.run([ContractTool.part("validate.py"), ContractTool.contract, path])
        let judgement = try #require(JSON(text: program.output), "\(program.account)")
        return (judgement["faults"].list.compactMap(\.string), Set(judgement["unmet"].list.compactMap(\.string)))
    }

    private func keep(_ response: HTTPResponse, of method: String, _ path: String) throws {
        let line = Line(
            path: path, method: method, status: response.status,
            headers: response.headers.map { [$0.name, $0.value] }, body: Data(response.body))
        lines.append(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
    }

    private struct Line: Encodable {
        let path: String
        let method: String
        let status: Int
        let headers: [[String]]
        let body: Data
    }
}
