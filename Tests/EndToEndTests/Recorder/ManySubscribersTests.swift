import Glibc
import Testing

/// What the recorder is for: fifty subscribers answer every message, and each state is stored once.
@Suite(.onStageAlone)
struct ManySubscribersTests {
    private static let subscribers = 50
    private static let messages = 2_000

    @Test func `fifty answer two thousand messages, and SQLite has each once`() async throws {
        let recorder = try await Recorder.start(store: "sqlite://\(try Stage.current.path("records.db"))")
        try await answers(to: [recorder])
    }

    @Test(.enabled(if: PostgreSQL.isPossible, PostgreSQL.need), arguments: [1, 2])
    func `fifty answer two thousand messages, and PostgreSQL has each once`(recorders count: Int) async throws {
        let server = try await PostgreSQL.make()
        let postgres = try await server.start()
        var recorders: [Recorder] = []
        for _ in 0..<count { recorders.append(try await Recorder.start(store: server.url)) }
        try await answers(to: recorders)
        for recorder in recorders { recorder.program.kill() }
        try await server.stop(postgres, .fast)
    }

    /// Has all of them answer, in equal parts to each of the recorders, which share a store.
    private func answers(to recorders: [Recorder]) async throws {
        var subscribers: [Subscriber] = []
        for number in 0..<Self.subscribers {
            let recorder = recorders[number % recorders.count]
            subscribers.append(
                try await .start(with: ["--respond", "http://\(recorder.endpoint)", "--responder", "pod-\(number)"]))
        }
        let endpoints = subscribers.map(\.endpoint).joined(separator: ",")
        // The second copy is for what a busy machine loses.
        let gateway = try await Gateway.start(
            topics: "orders=static://\(endpoints)?format=enveloped&policy=repeat&copies=2&spacing=5s")
        try await publish(to: gateway)
        try await eventually("every copy is sent", within: .seconds(60)) {
            try await gateway.topic()["backlog"]["messages"].int == 0
        }
        try await eventually("what was received is answered", within: .seconds(120)) {
            let received = try await received(by: subscribers)["messages"].int
            return try await recorders[0].get("/status").json["answers"].int == received
        }
        for subscriber in subscribers { subscriber.program.signal(SIGTERM) }
        for subscriber in subscribers {
            let ending = try await subscriber.program.end(within: .seconds(60))
            #expect(ending == .exited(0), "\(subscriber.program.account)")
        }
        // Each message that a subscriber received is one answer, whatever the network lost.
        let all = try await received(by: subscribers)
        let status = try await recorders[0].get("/status").json
        let messages = try #require(all["messages"].int)
        #expect(messages > Self.messages * Self.subscribers * 9 / 10, "\(messages)")
        #expect(all["ids"].int == Self.messages && all["repeated"].int == 0)
        #expect(status["rows"].int == Self.messages)
        #expect(status["answers"].int == messages)
        #expect(status["duplicates"].int == messages - Self.messages)
        #expect(status["divergences"].int == 0)
    }

    /// How many messages they printed, and how many ids and repetitions are among these.
    private func received(by subscribers: [Subscriber]) async throws -> JSON {
        let files = subscribers.map(\.program.standardOutput)
        let command = [try #require(Tool.python), Tool.part("recorder/received.py")] + files
        let program = try Stage.current.start(command, name: "received")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        return try #require(JSON(text: program.output), "\(program.account)")
    }

    private func publish(to gateway: Gateway) async throws {
        let file = try Stage.current.write(
            (1...Self.messages).map { "message \($0)\n" }.joined(), to: "messages")
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start(
            [
                "/bin/sh", "-c", #"exec "$0" publish --lines orders --timeout 60s --gateway "http://$1" < "$2""#,
                headcast,
                gateway.endpoint, file,
            ],
            name: "publish")
        #expect(try await program.end(within: .seconds(60)) == .exited(0), "\(program.account)")
    }
}
