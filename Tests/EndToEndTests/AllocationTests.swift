import Foundation
import Glibc
import Testing

/// Neither a subscriber nor a datagram costs a message an allocation.
@Suite(.onStage, .enabled(if: Tool.clang != nil, "needs clang, which comes with Swift"))
struct AllocationTests {
    private static let few = 200
    private static let many = 1_200
    /// Requests that are sent without waiting for the answers to those before.
    private static let together = 50

    @Test(arguments: ["raw", "enveloped"])
    func `a message to a hundred subscribers makes not one allocation for each of them`(format: String) async throws {
        let counter = try await counter()
        let one = try await allocations(ofMessageTo: 1, format, counted: counter)
        let hundred = try await allocations(ofMessageTo: 100, format, counted: counter)
        // What is done now and then, whatever is published, is in it. A debug build makes boxes for some 50 of the hundred
        // on top; `HEADCAST_PROGRAM` may name a release.
        #expect(hundred - one < (Self.isRelease ? 1 : 99), "\(one) to one, \(hundred) to a hundred")
        #expect((1...200).contains(one))
    }

    @Test(.enabled(if: isRelease, "a debug build makes boxes; HEADCAST_PROGRAM may name a release"))
    func `a message of fifty datagrams makes not one allocation for each of them`() async throws {
        let counter = try await counter()
        let short = try await allocations(ofMessageTo: 1, "enveloped", counted: counter)
        let long = try await allocations(ofMessageTo: 1, "enveloped", bytes: 50 * 1_175, counted: counter)
        // A request that is read in many pieces, and a message that leaves in several rounds, take ten.
        #expect(long - short < 25, "\(short) for one, \(long) for fifty")
    }

    private static let isRelease =
        ProcessInfo.processInfo.environment["HEADCAST_PROGRAM"]?.contains("/release/") == true

    /// How often a publish allocates: what many take more than few, so that neither start nor end is in it.
    private func allocations(
        ofMessageTo count: Int, _ format: String, bytes: Int = 5, counted by: String
    ) async throws -> Double {
        let few = try await allocations(of: Self.few, to: count, format, bytes, counted: by)
        let many = try await allocations(of: Self.many, to: count, format, bytes, counted: by)
        return Double(many - few) / Double(Self.many - Self.few)
    }

    private func allocations(
        of messages: Int, to count: Int, _ format: String, _ bytes: Int, counted by: String
    ) async throws -> Int {
        let port = try FreePort.find()
        let pods = try await Pods.everywhere(port: port)
        defer { pods.program.kill() }
        let endpoints = (1...count).map { "127.0.1.\($0):\(port)" }.joined(separator: ",")
        let gateway = try await Gateway.start(
            ["--topic", "orders=static://\(endpoints)?format=\(format)"], environment: ["LD_PRELOAD": by])
        let connection = try HTTPConnection(to: gateway.endpoint)
        let payload = String(repeating: "x", count: bytes)
        let request = "POST /publish/orders HTTP/1.1\r\nHost: x\r\nContent-Length: \(bytes)\r\n\r\n\(payload)"
        for _ in 0..<messages / Self.together {
            try await connection.send(Array(String(repeating: request, count: Self.together).utf8))
            for _ in 0..<Self.together { #expect(try await connection.response().status == 201) }
        }
        gateway.program.signal(SIGTERM)
        #expect(try await gateway.program.end() == .exited(0))
        let line = gateway.program.errors.split(separator: "\n").last { $0.hasPrefix("allocations ") }
        return try #require(line.flatMap { Int($0.dropFirst("allocations ".count)) }, "\(gateway.program.account)")
    }

    /// Builds the library that counts.
    private func counter() async throws -> String {
        let path = try Stage.current.path("allocations.so")
        let command = [try #require(Tool.clang), "-shared", "-fPIC", "-O1", "-o", path, Tool.part("allocations.c")]
        let compiler = try Stage.current.start(command, name: "clang")
        #expect(try await compiler.end(within: .seconds(60)) == .exited(0), "\(compiler.account)")
        return path
    }
}
