import Clocks
import Glibc

/// One server under load, and the subscribers that it sends to.
struct ServerLoad {
    let server: Child
    let load: LoadGenerator
    /// Nil if it sends to nobody.
    let receivers: Receivers?

    /// How long a gateway keeps new addresses apart from proven ones, and a little more.
    private static let provingTime: Duration = .milliseconds(5_200)
    private static let patience: Duration = .seconds(30)

    init(_ server: Child, _ load: LoadGenerator, _ receivers: Receivers? = nil) {
        self.server = server
        self.load = load
        self.receivers = receivers
    }

    /// Waits until publishes are taken and, where figures count, the subscribers count as proven.
    func awaitReadiness(_ plan: Plan) throws {
        let start = Instant.now
        while try load.run(on: server.endpoint, connections: 1, for: .zero).accepted == 0 {
            guard Instant.now - start < Self.patience else {
                throw BenchmarkFailure("the \(server.name) refuses publishes after \(Self.patience.seconds) s")
            }
            usleep(100_000)
        }
        guard receivers != nil, !plan.isTrial else { return }
        usleep(UInt32(max(0, (Self.provingTime - (Instant.now - start)).seconds * 1e6)))
    }

    /// Puts a short load on that is not counted.
    func warmUp(_ connections: Int) throws {
        var tally = ServerTally()
        try run(connections, for: .milliseconds(100), &tally)
    }

    /// Puts the load on for `time`, waits for the last arrival, and adds what came of it to `tally`.
    @discardableResult
    func run(
        _ connections: Int, for time: Duration, rate: Double? = nil, _ tally: inout ServerTally
    ) throws -> LoadOutcome {
        var flow = receivers.map { Flow(to: $0) }
        let outcome = try server.timing {
            try load.run(on: server.endpoint, connections: connections, for: time, rate: rate)
        }
        flow?.notePublished(outcome.accepted * load.messagesPerRequest)
        tally.add(outcome, flow?.finish())
        return outcome
    }
}
