import Clocks
import Glibc
import Records
import Requesting

/// A recorder that runs, and the place where it and its yardstick store.
final class RecorderStage {
    let recorder: Child
    /// Nil where a server of PostgreSQL keeps the records.
    let folder: TemporaryFolder?
    private let client: HTTPClient

    private static let patience: Duration = .seconds(30)

    init(_ plan: Plan, _ servers: Servers) throws {
        client = try HTTPClient(agent: "headcast-benchmark")
        if let store = plan.store {
            folder = nil
            recorder = try servers.recorder(store)
        } else {
            let folder = try TemporaryFolder(in: plan.folder)
            self.folder = folder
            recorder = try servers.recorder(.sqlite(path: "\(folder.path)/records.db"))
        }
        try awaitReadiness()
    }

    deinit {
        // Before its files are removed.
        recorder.end()
    }

    var metrics: RecorderMetrics { get throws { try RecorderMetrics(of: recorder.endpoint, client) } }

    /// The yardstick on the same file system; nil where there is none.
    func rowLoop() throws -> RowLoop? {
        try folder.map { try RowLoop(path: "\($0.path)/rows.db") }
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
