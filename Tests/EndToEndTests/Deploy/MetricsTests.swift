import Foundation
import Testing

/// What Prometheus makes of the gateway's metrics, and the dashboard of what Prometheus has.
@Suite(.onStage)
struct MetricsTests {
    @Test func `promtool has nothing to say about the metrics`() async throws {
        let gateway = try await busyGateway()
        let metrics = try Stage.current.write(try await gateway.get("/metrics").text, to: "metrics")
        let promtool = try #require(Tool.promtool, "promtool is missing; ./deploy/test installs it")
        let command = ["/bin/sh", "-c", #"exec "$0" check metrics <"$1""#, promtool, metrics]
        let program = try Stage.current.start(command, name: "promtool")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        #expect(program.output + program.errors == "")
    }

    @Test func `the dashboard asks for metrics that the gateway has`() async throws {
        let text = try await busyGateway().get("/metrics").text
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

    @Test func `every query of the dashboard finds something in a Prometheus that scrapes a busy gateway`() async throws
    {
        let gateway = try await busyGateway()
        let prometheus = try await Prometheus.start(scraping: gateway)
        let dashboard = try Dashboard()
        try #require(dashboard.queries.count > 20)
        for query in dashboard.queries.map(Dashboard.sent) {
            try await eventually("there are series of \(query)") {
                // Rates are of what happens between two scrapes.
                _ = try await gateway.publish("hello")
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
        let prometheus = try await Prometheus.start(scraping: gateway)
        try await eventually("all messages are known") {
            let series = try await prometheus.series(of: "sum(headcast_messages_total)")
            return series.first?["value"][1].string.flatMap(Double.init) == before
        }
        let version = try await prometheus.series(of: "headcast_build_info").first?["metric"]
        #expect(version?["gateway"] == .string("gw-1"))
        #expect(try await prometheus.series(of: "up").first?["value"][1] == .string("1"))
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
}
