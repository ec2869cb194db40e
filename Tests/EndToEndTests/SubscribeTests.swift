import Glibc
import Testing

/// `headcast subscribe` behind a real gateway, in every format.
@Suite(.onStage)
struct SubscribeTests {
    private func gateway(_ options: String, to subscribers: Subscriber...) async throws -> Gateway {
        try await Gateway.start(
            topics: "orders=static://\(subscribers.map(\.endpoint).joined(separator: ","))?\(options)")
    }

    @Test func `an enveloped message is printed once, with all that it carries`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("format=enveloped&policy=repeat&copies=3&spacing=10ms", to: subscriber)
        let receipt = try await gateway.publish("hello").json
        _ = try await gateway.publish("again")
        let lines = try await subscriber.lines(count: 2)
        #expect(lines.map { $0["payload"].string } == ["hello", "again"])
        for name in ["id", "topic", "sequence", "epoch", "publishedAt"] { #expect(lines[0][name] == receipt[name]) }
        #expect(lines[0]["attributes"] == .object([:]))
        try await eventually("all copies are sent") { try await gateway.topic()["counters"]["copiesSent"].int == 6 }
        #expect(subscriber.program.lines.count == 2, "\(subscriber.program.account)")
    }

    @Test func `a message of a mebibyte is printed whole`() async throws {
        let subscriber = try await Subscriber.start(with: ["--ordered", "--gap-wait", "250ms"])
        let gateway = try await gateway("format=enveloped&maximumPayloadBytes=1MiB", to: subscriber)
        let payload = String(repeating: "0123456789abcdef", count: 65_536)
        #expect(try await gateway.publish(payload).status == 201)
        #expect(try await subscriber.lines(count: 1)[0]["payload"].string == payload)
    }

    @Test func `copies are told of on request`() async throws {
        let subscriber = try await Subscriber.start(with: ["--show-duplicates", "--show-gaps"])
        let gateway = try await gateway("format=enveloped&policy=repeat&copies=2&spacing=10ms", to: subscriber)
        _ = try await gateway.publish("hello")
        let lines = try await subscriber.lines(count: 2)
        #expect(lines[0]["payload"].string == "hello")
        #expect(lines[1]["event"].string == "duplicate" && lines[1]["number"].int == 1)
    }

    @Test func `a gateway that begins anew is told of`() async throws {
        let subscriber = try await Subscriber.start(with: ["--show-gaps"])
        for word in ["first", "second"] {
            let gateway = try await gateway("format=enveloped", to: subscriber)
            _ = try await gateway.publish(word)
            gateway.program.signal(SIGTERM)
            _ = try await gateway.program.end()
        }
        let lines = try await subscriber.lines(count: 3)
        #expect(lines[0]["payload"].string == "first")
        #expect(lines[1]["event"].string == "epoch" && lines[1]["previousEpoch"] == lines[0]["epoch"])
        #expect(lines[2]["payload"].string == "second")
    }

    @Test func `a CloudEvent is printed once, with its attributes`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("format=cloudevents&policy=repeat&copies=3&spacing=10ms", to: subscriber)
        let receipt = try await gateway.publish("hello").json
        _ = try await gateway.publish("again")
        let lines = try await subscriber.lines(count: 2)
        #expect(lines.map { $0["payload"].string } == ["hello", "again"])
        for name in ["id", "topic", "sequence", "epoch", "publishedAt"] { #expect(lines[0][name] == receipt[name]) }
        #expect(lines[0]["attributes"]["ce-type"].string == "headcast.message")
    }

    @Test(arguments: ["enveloped", "cloudevents"])
    func `an event is told of alike, however it travelled`(format: String) async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("format=\(format)", to: subscriber)
        let headers = [
            "Content-Type: text/plain", "ce-specversion: 1.0", "ce-id: 1", "ce-source: /shop", "ce-type: paid",
            "ce-region: eu",
        ]
        let receipt = try await gateway.publish("hello", headers: headers).json
        let line = try await subscriber.lines(count: 1)[0]
        for name in ["id", "topic", "sequence", "epoch", "publishedAt"] { #expect(line[name] == receipt[name]) }
        #expect(
            line["attributes"]
                == .object([
                    "content-type": .string("text/plain"), "ce-specversion": .string("1.0"), "ce-id": .string("1"),
                    "ce-source": .string("/shop"), "ce-type": .string("paid"), "ce-region": .string("eu"),
                ]))
    }

    @Test func `a command runs for each message, and one that fails is reported`() async throws {
        let command =
            #"printf '%s %s ' "$HEADCAST_TOPIC" "$HEADCAST_SEQUENCE"; cat; echo; test $HEADCAST_SEQUENCE != 2"#
        let subscriber = try await Subscriber.start(with: ["--exec", command])
        let gateway = try await gateway("format=enveloped", to: subscriber)
        for word in ["a", "b", "c"] { _ = try await gateway.publish(word) }
        try await eventually("three commands ran", or: { subscriber.program.account }) {
            subscriber.program.lines == ["orders 1 a", "orders 2 b", "orders 3 c"]
        }
        subscriber.program.signal(SIGTERM)
        #expect(try await subscriber.program.end() == .exited(0))
        #expect(subscriber.program.errors.contains(#/command for message \S+ failed: exit status 1\n/#))
        #expect(subscriber.program.errors.contains("1 of 3 commands failed"), "\(subscriber.program.account)")
    }

    @Test func `at its end it says what was dropped, and nothing else`() async throws {
        for (copies, account) in [(3, "headcast: 1 message; dropped: 2 duplicate datagrams"), (1, nil)] {
            let subscriber = try await Subscriber.start(output: "text", with: ["--show-duplicates"])
            let options = copies == 1 ? "" : "&policy=repeat&copies=\(copies)&spacing=10ms"
            let gateway = try await gateway("format=enveloped\(options)", to: subscriber)
            _ = try await gateway.publish("hello")
            try await eventually("all copies are read", or: { subscriber.program.account }) {
                subscriber.program.lines == ["hello"]
                    && subscriber.program.errors.matches(of: #/came again/#).count == copies - 1
            }
            subscriber.program.signal(SIGTERM)
            #expect(try await subscriber.program.end() == .exited(0))
            let last = subscriber.program.errors.split(separator: "\n").last.map(String.init)
            #expect(
                last == account ?? "headcast: listening on \(subscriber.endpoint)", "\(subscriber.program.account)")
        }
    }

    @Test func `the first signal lets what was received be done, the second ends it`() async throws {
        let subscriber = try await Subscriber.start(with: ["--exec", "cat; echo; exec sleep 9"])
        let gateway = try await gateway("format=raw", to: subscriber)
        _ = try await gateway.publish("hello")
        try await eventually("the command runs") { subscriber.program.lines == ["hello"] }
        subscriber.program.signal(SIGTERM)
        try await eventually("nobody receives any more") {
            _ = try await gateway.publish("x")
            return try await gateway.subscribers()[subscriber.endpoint]?["state"].string == "refusing"
        }
        #expect(subscriber.program.ending == nil)
        subscriber.program.signal(SIGTERM)
        #expect(try await subscriber.program.end() == .killed(signal: SIGTERM))
    }
}
