import Clocks
import Glibc
import Records
import Requesting

/// A recorder that runs, and the place where it and its yardstick store.
final class RecorderStage {
    let recorder: Child
    /// Nil where a server of PostgreSQL keeps the records.
    let folder: TemporaryFolder?
    private let store: StoreLocation
    private let client: HTTPClient

    private static let patience: Duration = .seconds(30)

    init(_ plan: Plan, _ servers: Servers) throws {
        client = try HTTPClient(agent: "headcast-benchmark")
        folder = try plan.store == nil ? TemporaryFolder(in: plan.folder) : nil
        store = plan.store ?? .sqlite(path: "\(folder?.path ?? "")/records.db")
        recorder = try servers.recorder(store)
        try awaitReadiness()
    }

    deinit {
        // Before its files are removed.
        recorder.end()
    }

    var metrics: RecorderMetrics { get throws { try RecorderMetrics(of: recorder.endpoint, client) } }

    /// The yardstick at the same place.
    func rowLoop() throws -> RowLoop {
        try RowLoop(folder.map { .sqlite(path: "\($0.path)/rows.db") } ?? store)
    }

    /// What is said of the place in a report.
    static func place(_ plan: Plan) -> String {
        plan.store?.description ?? "a file of SQLite on \(FileSystem(of: plan.folder).name)"
    }

    private func awaitReadiness() throws {
        let load = ResponseLoad()
        let start = Instant.now
        while try load.run(on: recorder.endpoint, connections: 1, for: .zero).accepted == 0 {
            guard Instant.now - start < Self.patience else {
                throw BenchmarkFailure("the recorder refuses responses after \(Self.patience.seconds) s")
            }
            usleep(100_000)
        }
    }
}
