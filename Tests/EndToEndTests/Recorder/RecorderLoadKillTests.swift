import Glibc
import Testing

/// Recorders that are killed while many answer.
@Suite(.onStageAlone)
struct RecorderLoadKillTests {
    @Test func `a recorder that is killed twenty times has everything it acknowledged once`() async throws {
        let store = "sqlite://\(try Stage.current.path("records.db"))"
        let port = try FreePort.find()
        var recorder = try await Recorder.start(store: store, port: port)
        let load = try Load.start(to: [recorder.endpoint], ["--divergent", "3"])
        for number in 0..<20 {
            try await load.acknowledges(50 + 20 * (number % 10))
            recorder.program.kill()
            recorder = try await Recorder.start(store: store, port: port)
        }
        try await load.acknowledges(60)
        let outcome = try await load.stop()
        #expect(outcome.lost >= 20, "\(outcome.summary)")
        try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
    }

    @Test(.enabled(if: PostgreSQL.isPossible, PostgreSQL.need))
    func `two recorders with one database, killed in turns, have everything that either acknowledged once`()
        async throws
    {
        let server = try await PostgreSQL.make()
        try await server.start()
        let ports = [try FreePort.find(), try FreePort.find()]
        var recorders: [Recorder] = []
        for port in ports { recorders.append(try await Recorder.start(store: server.url, port: port)) }
        let load = try Load.start(to: recorders.map(\.endpoint), ["--divergent", "3"])
        for number in 0..<8 {
            try await load.acknowledges(60)
            recorders[number % 2].program.kill()
            // The other one goes on alone.
            try await load.acknowledges(60)
            recorders[number % 2] = try await Recorder.start(store: server.url, port: ports[number % 2])
        }
        try await load.acknowledges(60)
        let outcome = try await load.stop()
        #expect(outcome.lost >= 8, "\(outcome.summary)")
        for recorder in recorders {
            try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
        }
    }
}
