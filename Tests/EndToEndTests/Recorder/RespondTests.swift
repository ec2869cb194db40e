import Glibc
import Testing

/// `headcast subscribe --respond` between a real gateway and a real recorder.
@Suite(.onStage)
struct RespondTests {
    private func recorder() async throws -> Recorder {
        try await Recorder.start(store: "sqlite://\(try Stage.current.path("records.db"))")
    }

    private func subscribers(
        _ count: Int, to recorder: Recorder, with flags: [String] = []
    ) async throws -> [Subscriber] {
        var subscribers: [Subscriber] = []
        for number in 1...count {
            let responding = ["--respond", "http://\(recorder.endpoint)", "--responder", "pod-\(number)"]
            subscribers.append(try await .start(with: responding + flags))
        }
        return subscribers
    }

    private func gateway(to subscribers: [Subscriber], format: String = "enveloped") async throws -> Gateway {
        let endpoints = subscribers.map(\.endpoint).joined(separator: ",")
        return try await Gateway.start(topics: "orders=static://\(endpoints)?format=\(format)")
    }

    private func end(_ subscriber: Subscriber, with status: Int32 = 0) async throws {
        subscriber.program.signal(SIGTERM)
        let ending = try await subscriber.program.end()
        #expect(ending == .exited(status), "\(subscriber.program.account)")
    }

    @Test func `what three answer alike is one record with three answers`() async throws {
        let recorder = try await recorder()
        let subscribers = try await subscribers(3, to: recorder)
        let gateway = try await gateway(to: subscribers)
        let receipt = try await gateway.publish(Array("hello".utf8), headers: ["Content-Type: text/plain"]).json
        for subscriber in subscribers {
            #expect(try await subscriber.lines(count: 1)[0]["payload"].string == "hello")
            try await end(subscriber)
            #expect(subscriber.program.errors.contains("headcast: 1 response: 1 "), "\(subscriber.program.errors)")
        }
        let id = try #require(receipt["id"].string)
        let records = try await recorder.get("/records/\(id)").json["items"].list
        try #require(records.count == 1)
        #expect(records[0]["key"].string == "state" && records[0]["payload"].string == "hello")
        #expect(records[0]["contentType"].string == "text/plain" && records[0]["answers"].int == 3)
        #expect(records[0]["topic"].string == "orders" && records[0]["sequence"].int == 1)
        let responders = try await recorder.get("/records/\(id)/responders").json["items"].list
        #expect(Set(responders.compactMap { $0["responder"].string }) == ["pod-1", "pod-2", "pod-3"])
    }

    @Test func `what a command prints is the answer, and one that fails has none`() async throws {
        let recorder = try await recorder()
        let subscribers = try await subscribers(
            1, to: recorder, with: ["--key", "sum", "--exec", "read word; test $word != bad && printf \"$word\\0!\""])
        let gateway = try await gateway(to: subscribers)
        for word in ["good\n", "bad\n"] { _ = try await gateway.publish(word) }
        try await eventually("the failure is told", or: { subscribers[0].program.account }) {
            subscribers[0].program.errors.contains("failed: exit status 1")
        }
        try await end(subscribers[0], with: 1)
        #expect(subscribers[0].program.output.isEmpty)
        #expect(subscribers[0].program.errors.contains("headcast: 1 message not answered\n"))
        let records = try await recorder.get("/records").json["items"].list
        #expect(records.map { $0["key"].string } == ["sum"])
        #expect(records.map { $0["payload"].string } == ["good\0!"])
    }

    @Test func `who answers differently is told, and the first answer stays`() async throws {
        let recorder = try await recorder()
        let subscriber = try await subscribers(1, to: recorder)[0]
        let gateway = try await gateway(to: [subscriber])
        let id = "01a206a6-cacb-7fe6-aa46-003b0b0bfdb7"
        #expect(try await recorder.respond(id, "state", "pod-9", "first").status == 201)
        let event = #"{"specversion":"1.0","id":"\#(id)","source":"s","type":"t","data":"second"}"#
        try sendDatagram(Array(event.utf8), to: subscriber.endpoint)
        try await eventually("it is told", or: { subscriber.program.account }) {
            subscriber.program.errors.contains("the response to message \(id) diverges: ")
        }
        #expect(try await recorder.get("/records/\(id)").json["items"].list[0]["payload"].string == "first")
        #expect(try await recorder.get("/divergences").json["items"].list[0]["responder"].string == "pod-1")
        try await end(subscriber)
        _ = gateway
    }

    @Test func `answers wait for a recorder that is away`() async throws {
        let store = "sqlite://\(try Stage.current.path("records.db"))"
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        let subscriber = try await Subscriber.start(with: ["--respond", "http://\(endpoint)"])
        let gateway = try await gateway(to: [subscriber])
        for number in 0..<10 { _ = try await gateway.publish("\(number)") }
        try await eventually("it is told", or: { subscriber.program.account }) {
            subscriber.program.errors.contains("connection refused (ECONNREFUSED); responses wait")
        }
        let recorder = try await Recorder.start(store: store, ["--listen", endpoint])
        try await end(subscriber)
        #expect(subscriber.program.errors.contains("answers again"), "\(subscriber.program.errors)")
        #expect(try await recorder.get("/status").json["rows"].int == 10)
    }

    @Test func `one signal ends it although its answers have no room any more`() async throws {
        let subscriber = try await Subscriber.start(with: ["--respond", "http://127.0.0.1:\(try FreePort.find())"])
        let gateway = try await gateway(to: [subscriber])
        for _ in 0..<24 { try await publish(500, to: gateway) }
        // After 10,000 responses the next waits for room, and its message has been printed.
        try await eventually("it has no room", or: { subscriber.program.account }) {
            subscriber.program.lines.count == 10_001
        }
        try await expectEnd(of: subscriber)
    }

    @Test func `one signal ends it although what its commands print has no room any more`() async throws {
        let exec = ["--exec", "echo begun >&2; head -c 1000000 /dev/zero", "--parallel", "4"]
        let subscriber = try await Subscriber.start(
            with: ["--respond", "http://127.0.0.1:\(try FreePort.find())"] + exec)
        let gateway = try await gateway(to: [subscriber])
        try await publish(24, to: gateway)
        // 16 of them are what may wait, 16 MiB.
        try await eventually("it has no room", or: { subscriber.program.account }) {
            subscriber.program.errors.split(separator: "\n").count { $0 == "begun" } == 20
        }
        try await expectEnd(of: subscriber)
    }

    @Test func `what is done when it is told to end is answered, however long that takes`() async throws {
        let recorder = try await recorder()
        let subscriber = try await subscribers(1, to: recorder, with: ["--exec", "echo begun >&2; sleep 1; cat"])[0]
        let gateway = try await gateway(to: [subscriber])
        // Longer than the recorder may be silent.
        try await publish(12, to: gateway)
        try await eventually("it is at work", or: { subscriber.program.account }) {
            subscriber.program.errors.contains("begun")
        }
        subscriber.program.signal(SIGTERM)
        let ending = try await subscriber.program.end(within: .seconds(90))
        #expect(ending == .exited(0), "\(subscriber.program.account)")
        #expect(try await recorder.get("/status").json["rows"].int == 12)
    }

    private func publish(_ count: Int, to gateway: Gateway) async throws {
        let lines = String(repeating: "{\"payload\":\"x\"}\n", count: count)
        let answer = try await gateway.publish(lines, to: "orders/batch")
        #expect(answer.status == 200, "\(answer)")
    }

    private func expectEnd(of subscriber: Subscriber) async throws {
        subscriber.program.signal(SIGTERM)
        let ending = try await subscriber.program.end(within: .seconds(60))
        #expect(ending == .exited(1), "\(subscriber.program.account)")
        #expect(subscriber.program.errors.contains("waiting for the recorder"), "\(subscriber.program.account)")
        #expect(subscriber.program.errors.contains("not acknowledged"), "\(subscriber.program.account)")
        #expect(subscriber.program.errors.contains("messages not answered"), "\(subscriber.program.account)")
    }

    @Test func `a raw message has no id and is not answered, which the end says`() async throws {
        let recorder = try await recorder()
        let subscriber = try await subscribers(1, to: recorder)[0]
        let gateway = try await gateway(to: [subscriber], format: "raw")
        for _ in 0..<2 { _ = try await gateway.publish("hello") }
        _ = try await subscriber.lines(count: 2)
        try await end(subscriber, with: 1)
        let said = subscriber.program.errors.split(separator: "\n").suffix(3)
        #expect(
            said == [
                "headcast: a raw message is not answered: it has no id; messages have one where their topic "
                    + "has format=enveloped or format=cloudevents",
                "headcast: 2 messages not answered",
                "headcast: not every message was answered",
            ])
    }
}
