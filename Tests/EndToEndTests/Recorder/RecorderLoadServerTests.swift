import Glibc
import Testing

/// Servers of PostgreSQL that go and come while many answer.
@Suite(.onStageAlone, .enabled(if: PostgreSQL.isPossible, PostgreSQL.need))
struct RecorderLoadServerTests {
    @Test func `a recorder whose server goes tells so, and goes on by itself once it is back`() async throws {
        let server = try await PostgreSQL.make()
        var process = try await server.start()
        let recorder = try await Recorder.start(store: server.url)
        let load = try Load.start(to: [recorder.endpoint], ["--divergent", "3"])
        for stop in PostgreSQL.Stop.allCases {
            try await load.acknowledges(100)
            try await server.stop(process, stop)
            try await expectAway(recorder)
            // Once is enough, since it may take the 5 seconds that a request waits.
            if stop == .fast { try await expectRefusal(recorder) }
            process = try await server.start()
            try await load.acknowledges(100)
            try await isOpen(recorder)
        }
        let outcome = try await load.stop()
        #expect(outcome.refusals == ["503 store_unavailable"], "\(outcome.summary)")
        try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
    }

    @Test func `two recorders whose sessions end in the middle of anything have all that they acknowledged once`()
        async throws
    {
        let server = try await PostgreSQL.make()
        try await server.start()
        let recorders = [
            try await Recorder.start(store: server.url), try await Recorder.start(store: server.url),
        ]
        let load = try Load.start(to: recorders.map(\.endpoint), ["--divergent", "3", "--batch", "100"])
        for number in 1...30 {
            try await load.acknowledges(20 + number % 10 * 20)
            server.signalSessions(number.isMultiple(of: 10) ? SIGKILL : SIGTERM)
        }
        try await load.acknowledges(100)
        let outcome = try await load.stop()
        for recorder in recorders {
            try await isOpen(recorder)
            try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
        }
    }

    @Test func `two recorders whose server goes both go on, and so does one that was started meanwhile`() async throws {
        let server = try await PostgreSQL.make()
        var process = try await server.start()
        var recorders = [try await Recorder.start(store: server.url)]
        let port = try FreePort.find()
        recorders.append(try await Recorder.start(store: server.url, port: port))
        let load = try Load.start(to: recorders.map(\.endpoint), ["--divergent", "3"])
        for stop in PostgreSQL.Stop.allCases {
            try await load.acknowledges(100)
            try await server.stop(process, stop)
            for recorder in recorders { try await expectAway(recorder) }
            recorders[1].program.kill()
            let late = try Recorder.launch(["--listen", "127.0.0.1:\(port)", "--store", server.url])
            recorders[1] = Recorder(program: late, endpoint: "127.0.0.1:\(port)")
            try await expectStarting(recorders[1])
            process = try await server.start()
            _ = try await Recorder.ready(late)
            try await load.acknowledges(100)
            for recorder in recorders { try await isOpen(recorder) }
        }
        let outcome = try await load.stop()
        #expect(outcome.refusals.isSubset(of: ["503 store_unavailable"]), "\(outcome.summary)")
        for recorder in recorders {
            try await Holding(of: recorder).expectExactly(outcome.ledger, recorder)
        }
    }

    /// Status and metrics tell soon, and reading is refused; where nothing can be read, nothing is counted.
    private func expectAway(_ recorder: Recorder) async throws {
        let status = try await eventually("the status tells", or: { recorder.program.account }) { () -> JSON? in
            let status = try await recorder.get("/status").json
            return status["store"]["state"].string == "unavailable" ? status : nil
        }
        #expect(status["rows"] == .null && status["answers"] == .null && status["retries"] == .null, "\(status)")
        #expect(status["store"]["reason"].string != nil && status["store"]["since"].string != nil, "\(status)")
        for path in ["/records", "/divergences", "/records/m0", "/records/m0/responders", "/export"] {
            let answer = try await recorder.get(path)
            #expect(answer.status == 503 && answer.errorCode == "store_unavailable", "\(path): \(answer)")
            #expect(answer.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1, "\(path): \(answer)")
        }
        #expect(try await recorder.get("/metrics").text.contains("\nheadcast_store_available 0\n"))
        // Another recorder would say the same, so Services go on routing here.
        #expect(try await recorder.get("/readyz").status == 200)
        #expect(try await recorder.get("/livez").status == 200)
    }

    private func expectRefusal(_ recorder: Recorder) async throws {
        let refusal = try await recorder.respond("refused", "k", "pod", "x")
        #expect(refusal.status == 503 && refusal.errorCode == "store_unavailable", "\(refusal)")
        #expect(refusal.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1, "\(refusal)")
    }

    /// It is up, and not ready before its store is there.
    private func expectStarting(_ recorder: Recorder) async throws {
        let ready = try await eventually("it says why it is not ready", or: { recorder.program.account }) {
            () -> HTTPResponse? in
            guard let answer = try? await recorder.get("/readyz") else { return nil }
            return answer.json["reason"].string == nil ? nil : answer
        }
        #expect(ready.status == 503 && ready.json["status"].string == "starting", "\(ready)")
        #expect(try await recorder.get("/livez").status == 200)
        #expect(try await recorder.get("/status").json["store"]["state"].string == "unavailable")
        #expect(try await recorder.get("/records").status == 503)
    }

    private func isOpen(_ recorder: Recorder) async throws {
        try await eventually("the status says that the store works", or: { recorder.program.account }) {
            try await recorder.get("/status").json["store"]["state"].string == "open"
        }
        #expect(try await recorder.get("/readyz").status == 200)
        #expect(try await recorder.get("/records?limit=1").status == 200)
    }
}
