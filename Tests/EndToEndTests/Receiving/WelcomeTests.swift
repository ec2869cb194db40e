import Testing

/// What subscribers are told before anything is published.
@Suite(.onStage)
struct WelcomeTests {
    @Test func `a gateway that begins tells its subscribers at once where the stream begins`() async throws {
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        let pods = try await Pods.at([endpoint])
        // Nobody asks it for anything meanwhile.
        _ = try await Gateway.start(topics: "orders=static://\(endpoint)?format=enveloped")
        try await pods.arrived(1, at: [endpoint])
    }
}
