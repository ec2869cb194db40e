import Foundation
import HTTPForTests
import Records
import Service
import Testing

@testable import Recording

struct OpenAPITests {
    private let contract = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)

    /// The paths of the contract.
    private var paths: [Substring] {
        contract.matches(of: #/(?m)^  (/\S+):$/#).map(\.1)
    }

    private var source: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
            return try String(
                contentsOf: root.appending(path: "Sources/Recording/Routes/Routes.swift"), encoding: .utf8)
        }
    }

    /// What only a gateway answers.
    private let codesOfOthers: Set<ErrorCode> = [
        .topicRequired, .unknownTopic, .invalidAttribute, .invalidEvent, .invalidEntry, .idempotencyInProgress,
        .unsupportedMediaType, .idempotencyMismatch, .expiredEvent, .rateLimited, .sendFailed, .unresolved,
        .membershipStale, .tooFewSubscribers,
    ]

    @Test func `every error code is in the contract, and no other`() {
        for code in ErrorCode.allCases {
            #expect(
                contract.contains("- \(code.rawValue)\n") != codesOfOthers.contains(code), "\(code.rawValue)")
        }
    }

    @Test func `every state of the store is in the contract`() {
        let states = (["opening", "open"] + StoreError.kinds).joined(separator: ", ")
        #expect(contract.contains("enum: [\(states)]\n"))
    }

    @Test func `every path that is routed is in the contract, and the other way round`() throws {
        let routed = try source.matches(of: #/case \("([^"]+)", ([123])\)(?: where parts\[(\d)\] == "(\w+)")?/#)
        let targets = routed.map { route in
            let last = route.4.map { "/\($0)" } ?? ""
            let middle = route.2 == "3" || route.2 == "2" && route.4 == nil ? "/{messageId}" : ""
            return "/\(route.1)\(middle)\(last)"
        }
        #expect(targets.count > 10)
        #expect(Set(targets) == Set(paths.map(String.init)))
    }

    @Test func `every path of the contract is answered`() throws {
        let recorder = try RunningRecorder()
        _ = try recorder.post(response("m"))
        for path in paths {
            let target = String(path.replacing("{messageId}", with: "m"))
            let reply =
                path.hasPrefix("/responses")
                ? try recorder.post(response("m"), to: target) : try recorder.call("GET", target)
            #expect(reply.status == 200, "\(path)")
        }
    }

    @Test func `every member of every document is in the contract`() throws {
        let recorder = try RunningRecorder()
        _ = try recorder.post(response("m", "k", "a", "x"))
        let diverged = try recorder.post(response("m", "k", "b", "y"))
        var texts = [diverged.text, try recorder.post(response("n"), to: "/responses/batch").text]
        for target in [
            "/records", "/records/m/responders", "/divergences", "/export", "/status", "/readyz", "/records?limit=0",
        ] { texts.append(try recorder.call("GET", target).text) }
        for text in texts {
            for member in text.matches(of: #/"(\w+)":/#) {
                #expect(contract.contains(" \(member.1):"), "\(text): \(member.1)")
            }
        }
    }

    @Test func `the contract bears the version of the program`() {
        #expect(contract.contains("\n  version: \(Release.version)\n"))
    }

    @Test func `every metric is in the contract`() throws {
        let recorder = try RunningRecorder()
        for metric in try recorder.call("GET", "/metrics").text.matches(of: #/# TYPE (\w+) /#) {
            #expect(contract.contains("`\(metric.1)`"), "\(metric.1)")
        }
    }

    @Test func `the contract is served as it is`() throws {
        let reply = try RunningRecorder().call("GET", "/openapi.yaml")
        #expect(reply.text == contract && reply.headers["content-type"] == "application/yaml")
    }
}
