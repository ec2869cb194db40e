import Foundation
import Testing

/// A real Prometheus that scrapes programs five times a second.
struct Prometheus: Sendable {
    let endpoint: String
    private let program: Program

    static func start(scraping endpoints: String...) async throws -> Prometheus {
        let stage = try Stage.current
        let configuration = """
            global: {scrape_interval: 200ms, scrape_timeout: 200ms}
            scrape_configs:
              - job_name: headcast
                static_configs:
                  - targets: \(endpoints)
                    labels: {namespace: shop}

            """
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        let command = [
            try #require(Tool.prometheus, "prometheus is missing; ./deploy/test installs it"),
            "--config.file=" + (try stage.write(configuration, to: "prometheus.yaml")),
            "--storage.tsdb.path=" + stage.path("series"),
            "--web.listen-address=" + endpoint, "--log.level=warn",
        ]
        let prometheus = Prometheus(endpoint: endpoint, program: try stage.start(command, name: "prometheus"))
        try await eventually("prometheus is ready", or: { prometheus.program.account }) {
            guard let connection = try? HTTPConnection(to: endpoint) else { return false }
            try await connection.send("GET /-/ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return try await connection.response().status == 200
        }
        return prometheus
    }

    /// The series that a query gives at this moment; a query that cannot be read throws.
    func series(of query: String) async throws -> [JSON] {
        let answer = try await ask("query", ["query=" + query])
        return answer["data"]["result"].list
    }

    /// The values that a label has among the series of a selector.
    func values(of label: String, in selector: String) async throws -> [String] {
        try await ask("label/\(label)/values", ["match[]=" + selector])["data"].list.compactMap(\.string)
    }

    private func ask(_ path: String, _ parameters: [String]) async throws -> JSON {
        let url = "http://\(endpoint)/api/v1/\(path)"
        let outcome = try await Curl.run(["-G", url] + parameters.flatMap { ["--data-urlencode", $0] })
        try #require(outcome.response.status == 200, "\(parameters): \(outcome.response.text)")
        return outcome.response.json
    }
}
