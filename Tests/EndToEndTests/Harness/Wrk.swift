import Testing

/// What one run of wrk reports.
struct Wrk: Sendable {
    let requestsPerSecond: Double
    /// Requests that took over 2 s.
    let timeouts: Int
    let otherErrors: Int
    let notOK: Int

    /// Publishes 200 bytes at a time over `connections` for `seconds`.
    static func publish(to gateway: Gateway, connections: Int, seconds: Int = 2) async throws -> Wrk {
        let command = [
            try #require(Tool.wrk), "-t", "1", "-c", "\(connections)", "-d", "\(seconds)s",
            "-s", Tool.part("publish.lua"), "http://\(gateway.endpoint)/publish/orders",
        ]
        let program = try Stage.current.start(command, name: "wrk")
        let ending = try await program.end(within: .seconds(seconds + 20))
        #expect(ending == .exited(0), "\(program.account)")
        return try #require(Wrk(program.output), "\(program.account)")
    }

    private init?(_ report: String) {
        guard let rate = report.firstMatch(of: #/Requests/sec:\s+([\d.]+)/#).flatMap({ Double($0.1) }) else {
            return nil
        }
        requestsPerSecond = rate
        let errors = report.firstMatch(of: #/connect (\d+), read (\d+), write (\d+), timeout (\d+)/#)
        timeouts = errors.flatMap { Int($0.4) } ?? 0
        otherErrors = errors.map { [$0.1, $0.2, $0.3].compactMap { Int($0) }.reduce(0, +) } ?? 0
        notOK = report.firstMatch(of: #/Non-2xx or 3xx responses: (\d+)/#).flatMap { Int($0.1) } ?? 0
    }
}
