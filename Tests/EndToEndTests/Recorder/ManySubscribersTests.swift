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
            let printed = subscribers.reduce(0) { $0 + $1.program.lineCount }
            return try await recorders[0].get("/status").json["answers"].int == printed
        }
        var received = 0
        var seen: Set<String> = []
        for subscriber in subscribers {
            let ids = try await end(subscriber)
            received += ids.count
            seen.formUnion(ids)
        }
        #expect(seen.count == Self.messages)
        // Each of them is a subscriber that has received the message and answered it.
        let status = try await recorders[0].get("/status").json
        #expect(status["rows"].int == Self.messages)
        #expect(status["answers"].int == received)
        #expect(status["duplicates"].int == received - Self.messages)
        #expect(status["divergences"].int == 0)
        #expect(received > Self.messages * Self.subscribers * 9 / 10, "\(received)")
    }

    /// The ids of what it received, each once.
    private func end(_ subscriber: Subscriber) async throws -> [String] {
        subscriber.program.signal(SIGTERM)
        let ending = try await subscriber.program.end(within: .seconds(60))
        #expect(ending == .exited(0), "\(subscriber.program.account)")
        let ids = try await subscriber.lines(count: 0).compactMap { $0["id"].string }
        #expect(Set(ids).count == ids.count)
        return ids
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
