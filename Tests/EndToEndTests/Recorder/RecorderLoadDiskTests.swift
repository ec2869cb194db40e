import Foundation
import Glibc
import Testing

/// A recorder whose disk is full.
@Suite(.onStageAlone, .enabled(if: SmallDisk.isPossible, SmallDisk.need))
struct RecorderLoadDiskTests {
    @Test func `a full disk is told, what is there can be read, and storing goes on once there is room`() async throws {
        let disk = try SmallDisk.make(bytes: 12 << 20, ballast: 6 << 20)
        let recorder = try await disk.startRecorder()
        let load = try Load.start(to: [recorder.endpoint], ["--divergent", "3", "--bytes", "4000"])
        try await eventually("the disk is full", within: .seconds(60), or: { recorder.program.account }) {
            try await recorder.get("/status").json["store"]["state"].string == "full"
        }
        // Something acknowledged, which does no harm where the store works once more in between.
        let statement = try #require(try load.ledger().statements.first)
        let refusal = try await eventually("the recorder says so", or: { recorder.program.account }) {
            () -> HTTPResponse? in
            let answer = try await recorder.respond(statement)
            return answer.status == 503 ? answer : nil
        }
        #expect(refusal.errorCode == "store_full", "\(refusal)")
        #expect(refusal.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1, "\(refusal)")
        #expect(try await recorder.get("/readyz").status == 200)
        #expect(try await recorder.get("/metrics").text.contains("\nheadcast_store_available 0\n"))
        let ledger = try load.ledger()
        #expect(ledger.responses > 500)
        try await Holding(of: recorder).expectAll(of: ledger)

        // What was begun has to find room, and nothing more.
        load.program.signal(SIGTERM)
        try disk.removeBallast(recorder)
        let outcome = try await load.outcome()
        #expect(outcome.refusals == ["503 store_full"] && outcome.lost == 0, "\(outcome.summary)")
        #expect(outcome.ledger.acknowledgements > ledger.acknowledgements)
        try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
    }
}

/// A small file system that only one recorder sees, with a file that takes room on it.
private struct SmallDisk: Sendable {
    static let isPossible = Network.isPossible && Tool.unshare != nil
    static let need: Comment = "needs root and unshare(1), for a small file system"

    private let folder: String
    private let bytes: Int
    private let ballast: Int

    static func make(bytes: Int, ballast: Int) throws -> SmallDisk {
        let folder = try Stage.current.path("disk")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        return SmallDisk(folder: folder, bytes: bytes, ballast: ballast)
    }

    func startRecorder() async throws -> Recorder {
        let script = """
            mount -t tmpfs -o size=\(bytes) tmpfs '\(folder)' && head -c \(ballast) /dev/zero >'\(folder)/ballast' && \
            exec "$@"
            """
        let program = try #require(Tool.headcast, "headcast is not built")
        let command = [try #require(Tool.unshare), "--mount", "/bin/sh", "-c", script, "sh", program, "recorder"]
        let settings = ["--listen", "127.0.0.1:0", "--store", "sqlite://\(folder)/records.db"]
        return try await Recorder.ready(Stage.current.start(command + settings, name: "recorder"))
    }

    func removeBallast(_ recorder: Recorder) throws {
        try FileManager.default.removeItem(atPath: "/proc/\(recorder.program.pid)/root\(folder)/ballast")
    }
}
