import Foundation
import Glibc
import Testing

/// `headcast recorder` as a program, with a file of SQLite.
@Suite(.onStage)
struct RecorderCommandTests {
    @Test func `what was acknowledged is there after a restart, however it ended`() async throws {
        let store = "sqlite://\(try Stage.current.path("records.db"))"
        for (index, signal) in [SIGTERM, SIGKILL, SIGINT].enumerated() {
            let recorder = try await Recorder.start(store: store)
            #expect(try await recorder.respond("m\(index)", "k", "pod-1", "x").status == 201)
            for earlier in 0...index {
                #expect(try await recorder.respond("m\(earlier)", "k", "pod-2", "x").status == 200)
                #expect(try await recorder.respond("m\(earlier)", "k", "pod-3", "y").status == 409)
            }
            recorder.program.signal(signal)
            let ending = try await recorder.program.end()
            #expect(ending == (signal == SIGKILL ? .killed(signal: SIGKILL) : .exited(0)))
        }
    }

    @Test func `a file that is moved or deleted ends it, and it starts again with what is there`() async throws {
        let path = try Stage.current.path("records.db")
        for (index, elsewhere) in [path + ".old", ""].enumerated() {
            let recorder = try await Recorder.start(store: "sqlite://\(path)")
            #expect(try await recorder.get("/records/before").status == 404)
            #expect(try await recorder.respond("before", "k", "pod-1", "x").status == 201)
            if elsewhere.isEmpty {
                try FileManager.default.removeItem(atPath: path)
            } else {
                try FileManager.default.moveItem(atPath: path, toPath: elsewhere)
                // As `mv records.db*` would.
                try FileManager.default.moveItem(atPath: path + "-wal", toPath: elsewhere + "-wal")
            }
            let refused = try await recorder.respond("after", "k\(index)", "pod-1", "x")
            #expect(refused.status == 503)
            #expect(try await recorder.program.end() == .exited(1))
            #expect(recorder.program.errors.contains("was moved or deleted while in use"), "\(recorder.program.errors)")
        }
        let recorder = try await Recorder.start(store: "sqlite://\(path)")
        #expect(try await recorder.get("/records/before").status == 404)
        let old = try await Recorder.start(store: "sqlite://\(path).old")
        #expect(try await old.get("/records/before").status == 200)
    }

    @Test func `without a store it keeps records in the home of its user`() async throws {
        let state = try Stage.current.path("state")
        let recorder = try await Recorder.start(store: nil, environment: ["XDG_STATE_HOME": state])
        #expect(try await recorder.respond("m", "k", "pod-1", "x").status == 201)
        #expect(FileManager.default.fileExists(atPath: state + "/headcast/recorder.db"))
    }

    @Test func `a store that cannot be used ends it with the way out`() async throws {
        let path = try Stage.current.write("no database, whoever reads it", to: "records.db")
        let program = try Recorder.launch(["--listen", "127.0.0.1:0", "--store", "sqlite://\(path)"])
        #expect(try await program.end() == .exited(1))
        #expect(program.errors.contains("headcast: cannot use the store sqlite://\(path): "), "\(program.errors)")
        #expect(program.errors.hasSuffix("headcast: --store takes another place\n"), "\(program.errors)")
    }

    @Test func `a store that no file can be is told before the recorder is up`() async throws {
        let folder = try Stage.current.path("none")
        let program = try Recorder.launch(["--listen", "127.0.0.1:0", "--store", "sqlite://\(folder)/records.db"])
        #expect(try await program.end() == .exited(1))
        #expect(
            program.errors == """
                headcast: cannot use the store sqlite://\(folder)/records.db: there is no folder \(folder)
                headcast: make it, or give another place with --store

                """)
    }

    @Test func `the settings of a gateway are none of its business`() async throws {
        let program = try Recorder.launch(
            ["--check", "--store", "sqlite:///x.db"], environment: ["HEADCAST_TOPIC": "a", "HEADCAST_TOPIK": "b"])
        #expect(try await program.end() == .exited(64))
        #expect(program.errors == "headcast: HEADCAST_TOPIK is unknown\n")
    }

    @Test func `settings are checked, and what is wrong with them is told together`() async throws {
        let fine = try Recorder.launch(["--check", "--store", "postgres://recorder:secret@db/headcast"])
        #expect(try await fine.end() == .exited(0))
        #expect(
            fine.output == """
                the settings are valid; a recorder would listen at 127.0.0.1:8090 and keep records in \
                postgres://recorder:***@db/headcast

                """)
        let wrong = try Recorder.launch(["--stor", "x", "--retain-for", "soon", "--chek"])
        #expect(try await wrong.end() == .exited(64))
        #expect(wrong.errors.split(separator: "\n").count == 3, "\(wrong.errors)")
    }

    @Test func `an export is a line for each record`() async throws {
        let recorder = try await Recorder.start(store: "sqlite://\(try Stage.current.path("records.db"))")
        for index in 0..<50 { _ = try await recorder.respond("m\(index)", "k", "pod-1", "x") }
        let curl = try #require(Tool.curl, "curl is not installed")
        let program = try Stage.current.start(
            [curl, "--silent", "--fail", "http://\(recorder.endpoint)/export"], name: "curl")
        #expect(try await program.end() == .exited(0))
        #expect(program.lines.count == 50)
    }
}
