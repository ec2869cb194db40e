import Clocks
import Endpoints
import Logging
import Recording
import Records
import Requesting
import SQLiteRecords

/// The demo's recorder, which keeps its records in a folder that ends with it.
struct DemoRecorder {
    private let server: DemoServer
    private let folder: TemporaryFolder

    var url: String { "http://\(server.endpoint)" }

    static func start() async throws -> DemoRecorder {
        let folder = try TemporaryFolder("headcast-demo")
        return DemoRecorder(server: try await serve(folder.path(of: "records.db")), folder: folder)
    }

    private static func serve(_ path: String) async throws -> DemoServer {
        var configuration = RecorderConfiguration(name: "demo", store: .sqlite(path: path))
        configuration.drainTimeout = .seconds(1)
        return try await DemoServer.start(at: configuration.listen) { [configuration] listen in
            var configuration = configuration
            configuration.listen = listen
            return try await DemoServer("recorder") { [configuration] stop, isListening in
                let recorder = try RecorderLoop(
                    configuration, store: SQLiteRecordStore(path: path), logger: Logger(label: "headcast.recorder"))
                isListening(recorder.endpoint)
                try recorder.run(until: stop)
            }
        }
    }

    /// The record of a message, as soon as it has so many answers, or as it is when nobody wants to wait any more.
    func record(
        of message: String, answers: Int, http: HTTPClient, while isPatient: () -> Bool
    ) async throws -> RecordDocument? {
        var request = HTTPRequest("\(url)/records/\(message)")
        request.usesProxy = false
        while true {
            let record = try RecordPage.read(http.perform(request).body)?.items.first
            if record?.answers ?? 0 >= answers || !isPatient() { return record }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func stop() async { await server.stop() }
}
