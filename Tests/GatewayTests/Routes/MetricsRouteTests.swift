import Endpoints
import Foundation
import HTTPForTests
import Testing

@testable import Gateway

struct MetricsRouteTests {
    /// The samples by name and labels.
    private func samples(of gateway: RunningGateway) throws -> [String: Double] {
        let lines = try gateway.call("GET", "/metrics").text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            uniqueKeysWithValues: try lines.map { line in
                let space = try #require(line.lastIndex(of: " "))
                return (String(line[..<space]), try #require(Double(line[space...].dropFirst()), "\(line)"))
            })
    }

    @Test func `every message counts once in the fan-out time and in the request time`() throws {
        let pod = try Pod()
        let gateway = try RunningGateway { $0.topics[0].source = .static([pod.endpoint]) }
        try gateway.publishMany(300)
        let samples = try samples(of: gateway)
        #expect(samples["headcast_fan_out_duration_seconds_count{topic=\"orders\"}"] == 300)
        #expect(samples["headcast_fan_out_duration_seconds_bucket{topic=\"orders\",le=\"+Inf\"}"] == 300)
        #expect(samples["headcast_http_request_duration_seconds_count{path=\"publish\"}"] == 300)
        let fanOut = try #require(samples["headcast_fan_out_duration_seconds_sum{topic=\"orders\"}"])
        let requests = try #require(samples["headcast_http_request_duration_seconds_sum{path=\"publish\"}"])
        #expect(fanOut > 0)
        #expect(requests >= fanOut)
    }

    @Test func `answers are counted by status code`() throws {
        let gateway = try RunningGateway()
        _ = try gateway.publish("nobody is there")
        _ = try gateway.publish("x", to: "/publish/other")
        _ = try gateway.publish(String(repeating: "x", count: 2_000))
        _ = try gateway.call("GET", "/status", headers: ["X: \(String(repeating: "x", count: 17_000))"])
        let samples = try samples(of: gateway)
        for code in [202, 404, 413, 431] { #expect(samples["headcast_http_requests_total{code=\"\(code)\"}"] == 1) }
        for code in [201, 502, 503] { #expect(samples["headcast_http_requests_total{code=\"\(code)\"}"] == 0) }
    }

    @Test func `a request that is not a publish has its own time`() throws {
        let gateway = try RunningGateway()
        _ = try gateway.call("GET", "/status")
        let samples = try samples(of: gateway)
        #expect(samples["headcast_http_request_duration_seconds_count{path=\"other\"}"] == 1)
        #expect(samples["headcast_http_request_duration_seconds_count{path=\"publish\"}"] == 0)
        #expect(try #require(samples["headcast_http_request_duration_seconds_sum{path=\"other\"}"]) > 0)
    }

    @Test func `what the gateway is and whether it is ready is told`() throws {
        let gateway = try RunningGateway { $0.drainDelay = .seconds(30) }
        #expect(try samples(of: gateway)["headcast_build_info{version=\"0.1.0\",gateway=\"test\"}"] == 1)
        #expect(try samples(of: gateway)["headcast_ready"] == 1)
        gateway.requestStop()
        while try samples(of: gateway)["headcast_ready"] == 1 {}
    }

    @Test func `lookups are counted by what they found`() throws {
        let gateway = try RunningGateway {
            $0.resolver = Endpoint(address: .loopback, port: 1)
            $0.topics[0].source = .dns(name: "orders.invalid.", port: .number(12_000))
        }
        let unknown = "headcast_lookups_total{topic=\"orders\",outcome=\"unknown\"}"
        while try samples(of: gateway)[unknown] == 0 {}
        #expect(try samples(of: gateway)["headcast_lookups_total{topic=\"orders\",outcome=\"complete\"}"] == 0)
        #expect(try samples(of: gateway)["headcast_membership_resolved_timestamp_seconds{topic=\"orders\"}"] == 0)
    }

    @Test func `the process is measured`() throws {
        let samples = try samples(of: try RunningGateway())
        #expect(try #require(samples["process_resident_memory_bytes"]) > 0)
        #expect(try #require(samples["process_open_fds"]) > 0)
    }
}
