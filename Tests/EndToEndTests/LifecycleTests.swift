import Glibc
import Testing

/// How a gateway stops.
@Suite(.onStageAlone)
struct LifecycleTests {
    @Test func `stopped under load it has answered and sent everything it accepted`() async throws {
        let endpoints = try (1...2).map { "127.0.1.\($0):\(try FreePort.find())" }
        let pods = try await Pods.at(endpoints)
        let gateway = try await Gateway.start(topics: "orders=static://\(endpoints.joined(separator: ","))")
        let publisher = try await Publisher.start(to: gateway, connections: 50, messages: nil)
        try await pods.arrived(2_000, at: endpoints)
        gateway.program.signal(SIGTERM)
        #expect(try await gateway.program.end() == .exited(0))
        let outcome = try await publisher.outcome()
        #expect(outcome.statuses.isSubset(of: ["201", "503"]), "\(outcome.summary)")
        let tally = try await pods.tally()
        try #require(tally.drops == 0, "the machine was too slow to tell")
        let answered = Set(outcome.receipts.filter { $0.status == 201 }.map(\.message))
        for endpoint in endpoints { #expect(Set(tally.messages(at: endpoint)) == answered) }
    }

    @Test func `copies that are due are sent before it ends`() async throws {
        let listener = try await Listener.start()
        let topic = "orders=static://\(listener.endpoint)?policy=repeat&copies=3&spacing=300ms"
        let gateway = try await Gateway.start(topics: topic)
        #expect(try await gateway.publish("hello").status == 201)
        gateway.program.signal(SIGTERM)
        #expect(try await gateway.program.end() == .exited(0))
        #expect(try await listener.texts(count: 3) == ["hello", "hello", "hello"])
    }

    @Test func `during the drain delay it is not ready but goes on accepting`() async throws {
        let listener = try await Listener.start()
        let gateway = try await Gateway.start(
            topics: "orders=static://\(listener.endpoint)", with: ["--drain-delay", "3s"])
        #expect(try await gateway.get("/readyz").status == 200)
        gateway.program.signal(SIGTERM)
        try await eventually("it is not ready") { try await gateway.get("/readyz").status == 503 }
        #expect(try await gateway.get("/livez").status == 200)
        let response = try await gateway.publish("late")
        #expect(response.status == 201)
        #expect(response.header("Connection")?.lowercased() == "close")
        #expect(try await gateway.program.end() == .exited(0))
        #expect(try await listener.texts(count: 1) == ["late"])
    }

    @Test func `idle connections do not keep it from ending`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let idle = try HTTPConnection(to: gateway.endpoint)
        try await idle.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await idle.response().status == 200)
        let unfinished = try HTTPConnection(to: gateway.endpoint)
        try await unfinished.send("POST /publish/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        gateway.program.signal(SIGTERM)
        #expect(try await gateway.program.end(within: .seconds(15)) == .exited(0))
        try await idle.closing()
        try await unfinished.closing()
    }

    @Test func `a second signal stops it at once`() async throws {
        let gateway = try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000", with: ["--drain-delay", "60s"])
        gateway.program.signal(SIGTERM)
        try await eventually("it is not ready") { try await gateway.get("/readyz").status == 503 }
        gateway.program.signal(SIGTERM)
        _ = try await gateway.program.end(within: .seconds(5))
    }

    @Test func `Ctrl-C stops it as well`() async throws {
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        gateway.program.signal(SIGINT)
        #expect(try await gateway.program.end() == .exited(0))
    }
}
