import Endpoints
import FanOut
import Foundation
import HTTPForTests
import Service
import Testing

@testable import Gateway

struct OpenAPITests {
    private let contract = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)

    /// The paths of the contract.
    private var paths: [Substring] {
        contract.matches(of: #/(?m)^  (/\S+):$/#).map(\.1)
    }

    private var source: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            return try String(contentsOf: root.appending(path: "Sources/Gateway/Routes/Routes.swift"), encoding: .utf8)
        }
    }

    /// What only a recorder answers.
    private let codesOfOthers: Set<ErrorCode> = [
        .invalidResponse, .diverged, .storeUnavailable, .storeFull, .storeReadOnly,
    ]

    @Test func `every error code is in the contract`() {
        for code in ErrorCode.allCases where !codesOfOthers.contains(code) {
            #expect(contract.contains("- \(code.rawValue)\n"), "\(code.rawValue)")
        }
    }

    @Test func `every path that is routed is in the contract`() throws {
        let routed = try source.matches(of: #/case \("([^"]+)", ([123])\)(?: where parts\[2\] == "(\w+)")?/#)
        #expect(routed.count > 5)
        for route in routed {
            let path = "/" + route.1
            let isThere = paths.contains { candidate in
                let parts = candidate.split(separator: "/")
                return parts.count == Int(route.2) && candidate.hasPrefix(path)
                    && (route.3.map { parts[2] == $0 } ?? true)
            }
            #expect(isThere, "\(route.0)")
        }
    }

    @Test func `every path of the contract is routed`() throws {
        let gateway = try RunningGateway()
        let id = try #require(try gateway.publish("hello").json["id"] as? String)
        for path in paths {
            let target = path.replacing("{topic}", with: "orders").replacing("{id}", with: id)
            let reply = try gateway.call(path.hasPrefix("/publish") ? "POST" : "GET", String(target))
            #expect((200...202).contains(reply.status), "\(path)")
        }
    }

    @Test func `every member of every document is in the contract`() throws {
        let pod = try Pod()
        let gateway = try RunningGateway { configuration in
            configuration.topics[0].source = .static([pod.endpoint])
        }
        let id = try #require(try gateway.publish("hello").json["id"] as? String)
        let targets = [
            "/status", "/topics/orders/changes", "/messages/\(id)", "/messages/none", "/messages/\(UUID().uuidString)",
            "/readyz", "/topics?limit=0",
        ]
        for target in targets {
            for member in try gateway.call("GET", target).text.matches(of: #/"(\w+)":/#) {
                #expect(contract.contains(" \(member.1):"), "\(target): \(member.1)")
            }
        }
    }

    @Test func `every parameter of a publish is in the contract`() {
        for name in PublishParameters.names {
            #expect(contract.contains("      name: \(name)\n"))
            #expect(contract.contains("      name: Headcast-\(name.capitalized)\n"))
        }
    }

    @Test func `the contract bears the version of the program`() {
        #expect(contract.contains("\n  version: \(Release.version)\n"))
    }

    @Test func `every metric is in the contract`() throws {
        let gateway = try RunningGateway()
        for metric in try gateway.call("GET", "/metrics").text.matches(of: #/# TYPE (\w+) /#) {
            #expect(contract.contains("`\(metric.1)`"), "\(metric.1)")
        }
    }
}
