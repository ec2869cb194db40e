import Foundation
import Testing

/// What Prometheus makes of the metrics of gateway and recorder, and the dashboard of what Prometheus has.
@Suite(.onStage)
struct MetricsTests {
    @Test func `promtool has nothing to say about the metrics`() async throws {
        let texts = [
            try await busyGateway().get("/metrics").text, try await busyRecorder().get("/metrics").text,
        ]
        for text in texts {
            let metrics = try Stage.current.write(text, to: "metrics")
            let promtool = try #require(Tool.promtool, "promtool is missing; ./deploy/test installs it")
            let command = ["/bin/sh", "-c", #"exec "$0" check metrics <"$1""#, promtool, metrics]
            let program = try Stage.current.start(command, name: "promtool")
            #expect(try await program.end() == .exited(0), "\(program.account)")
            #expect(program.output + program.errors == "")
        }
    }

    @Test func `the dashboard asks for metrics that gateway and recorder have`() async throws {
        let text = try await busyGateway().get("/metrics").text + busyRecorder().get("/metrics").text
        let named = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.prefix { $0 != "{" && $0 != " " }
        }
        let dashboard = try Dashboard()
        for query in dashboard.queries + dashboard.lists.map(\.selector) {
            // Prometheus itself has "up"; a variable may name a metric without choosing among its series.
            let metrics = Dashboard.metrics(in: query.contains("{") ? query : query + "{")
            #expect(!metrics.isEmpty, "\(query)")
            #expect(metrics.subtracting(["up"]).isSubset(of: named.map(String.init)), "\(query)")
        }
    }

    @Test func `every query of the dashboard finds something in a Prometheus that scrapes a busy pair`() async throws {
        let gateway = try await busyGateway()
        let recorder = try await busyRecorder()
        let prometheus = try await Prometheus.start(scraping: gateway.endpoint, recorder.endpoint)
        let dashboard = try Dashboard()
        try #require(dashboard.queries.count > 20)
        for query in dashboard.queries.map(Dashboard.sent) {
            try await eventually("there are series of \(query)") {
                // Rates are of what happens between two scrapes.
                _ = try await gateway.publish("hello")
                _ = try await recorder.respond("m1", "state", "pod-1", "x")
                return try await !prometheus.series(of: query).isEmpty
            }
        }
        for list in dashboard.lists {
            let values = try await prometheus.values(of: list.label, in: Dashboard.sent(list.selector))
            #expect(values == [["namespace": "shop", "job": "headcast", "topic": "orders"][list.label]])
        }
    }

    @Test func `what the dashboard shows of publishing is what was published`() async throws {
        let gateway = try await busyGateway()
        let before = try await gateway.metrics()["headcast_messages_total{topic=\"orders\"}"]
        let prometheus = try await Prometheus.start(scraping: gateway.endpoint)
        try await eventually("all messages are known") {
            let series = try await prometheus.series(of: "sum(headcast_messages_total)")
            return series.first?["value"][1].string.flatMap(Double.init) == before
        }
        let version = try await prometheus.series(of: "headcast_build_info").first?["metric"]
        #expect(version?["gateway"] == .string("gw-1"))
        #expect(try await prometheus.series(of: "up").first?["value"][1] == .string("1"))
    }

    @Test func `what is shown of gateways and of recorders alone is told apart, and every replica has its name`()
        async throws
    {
        let gateway = try await busyGateway()
        let recorder = try await busyRecorder()
        let prometheus = try await Prometheus.start(scraping: gateway.endpoint, recorder.endpoint)
        let dashboard = try Dashboard()
        func series(_ title: String) async throws -> [JSON] {
            let panel = try #require(dashboard.panels.first { $0["title"].string == title })
            let query = try #require(panel["targets"][0]["expr"].string)
            return try await prometheus.series(of: Dashboard.sent(query))
        }
        try await eventually("both are ready") {
            let replicas = try await series("Ready").map { $0["metric"] }
            return Set(replicas.map { $0["gateway"].string ?? $0["recorder"].string }) == ["gw-1", "rec-1"]
        }
        #expect(try await series("Store").map { $0["metric"]["recorder"].string } == ["rec-1"])
        try await eventually("Prometheus knows of divergences") {
            _ = try await recorder.respond("m1", "state", "pod-1", "y")
            let query = #"rate(headcast_http_requests_total{code="409"}[2s]) > 0"#
            return try await !prometheus.series(of: query).isEmpty
        }
        let answers = try await eventually("the gateway was asked often enough for a rate") {
            try await series("Answers by status").first { $0["metric"]["code"].string == "409" }
        }
        #expect(answers["value"][1].string == "0")
    }

    /// A gateway that has sent to somebody and has refused somebody something.
    private func busyGateway() async throws -> Gateway {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(listener.endpoint),255.255.255.255:12000?policy=repeat&copies=2",
            with: ["--name", "gw-1"])
        for _ in 0..<3 { #expect(try await gateway.publish("hello").status == 201) }
        #expect(try await gateway.publish("hello", to: "nothing").status == 404)
        return gateway
    }

    /// A recorder that has stored an answer and has been given another.
    private func busyRecorder() async throws -> Recorder {
        let store = "sqlite://\(try Stage.current.path("records.db"))"
        let recorder = try await Recorder.start(store: store, ["--name", "rec-1"])
        for (payload, status) in [("x", 201), ("x", 200), ("y", 409)] {
            #expect(try await recorder.respond("m1", "state", "pod-1", payload).status == status)
        }
        return recorder
    }
}
