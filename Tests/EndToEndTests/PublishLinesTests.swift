import Glibc
import Testing

/// `headcast publish --lines` against a real gateway.
@Suite(.onStage)
struct PublishLinesTests {
    private func gateway(_ topic: String) async throws -> Gateway { try await Gateway.start(topics: topic) }

    @Test func `publish sends each line as a message, in order`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("orders=static://\(subscriber.endpoint)")
        let lines = (1...200).map { "line \($0)" } + ["", "end"]
        let publish = try await headcast(
            "publish", "orders", "--lines", "--gateway", gateway.endpoint, input: lines.joined(separator: "\n") + "\n")
        #expect(publish.ending == .exited(0), "\(publish.account)")
        #expect(publish.output.hasPrefix("published 202 messages to topic orders"), "\(publish.account)")
        #expect(try await subscriber.lines(count: 202).map { $0["payload"].string } == lines)
        // Lines that were there together travelled together.
        let metrics = try await gateway.metrics()
        #expect(metrics["headcast_messages_total{topic=\"orders\"}"] == 202)
        let requests = try #require(metrics["headcast_http_requests_total{code=\"200\"}"])
        #expect(requests < 20)
    }

    @Test func `a line that comes alone travels as those do that come together`() async throws {
        let subscriber = try await Subscriber.start()
        let gateway = try await gateway("orders=static://\(subscriber.endpoint)?format=enveloped")
        let publish = try await headcast(
            "publish", "orders", "--lines", "--content-type", "text/x", "--gateway", gateway.endpoint, input: "alone\n")
        #expect(publish.ending == .exited(0), "\(publish.account)")
        let line = try await subscriber.lines(count: 1)[0]
        #expect(line["payload"].string == "alone" && line["attributes"]["content-type"].string == "text/x")
        // A batch is answered 200, one message 201.
        let metrics = try await gateway.metrics()
        #expect(metrics["headcast_http_requests_total{code=\"200\"}"] == 1)
        #expect(metrics["headcast_http_requests_total{code=\"201\"}"] ?? 0 == 0)
    }

    @Test func `publish prints receipts as they came when JSON is asked for`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000")
        let publish = try await headcast(
            "publish", "orders", "--lines", "--output", "json", "--gateway", gateway.endpoint, input: "a\nb\n")
        let receipts = publish.lines.compactMap { JSON(text: $0) }
        #expect(receipts.map { $0["sequence"].int } == [1, 2], "\(publish.account)")
    }

    @Test func `a line that no batch has room for is published by itself`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000?format=enveloped&maximumPayloadBytes=16777216")
        // As base64, or with each byte escaped, it is longer than a batch.
        let long = String(repeating: "\u{1}", count: 3_000_000)
        let publish = try await headcast(
            "publish", "orders", "--lines", "--output", "json", "--gateway", gateway.endpoint, input: "a\n\(long)\nb\n")
        #expect(publish.ending == .exited(0), "\(publish.account)")
        let receipts = publish.lines.compactMap { JSON(text: $0) }
        #expect(receipts.map { $0["payloadBytes"].int } == [1, 3_000_000, 1])
    }

    @Test func `a line that is refused ends the work and is named`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000?maximumPayloadBytes=3")
        let publish = try await headcast(
            "publish", "orders", "--lines", "--gateway", gateway.endpoint, input: "abc\nabcd\nabc\n")
        #expect(publish.ending == .exited(1))
        #expect(publish.errors.contains("line 2: 413 payload_too_large"), "\(publish.account)")
        #expect(publish.errors.contains("headcast: 2 published, 1 failed\n"), "\(publish.account)")
        // The line behind it travelled with it.
        #expect(try await gateway.topic()["counters"]["messages"].int == 2)
    }

    @Test func `lines that a signal ends are accounted for`() async throws {
        let gateway = try await gateway("orders=static://127.0.1.1:12000")
        let pipe = try Stage.current.write("", to: "lines") + ".pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        let input = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(input) }
        #expect(write(input, "a\nb\n", 4) == 4)
        let command = [
            "/bin/sh", "-c", #"exec "$0" "$@" < "# + "'\(pipe)'", try #require(Tool.headcast), "publish", "orders",
            "--lines", "--gateway", gateway.endpoint,
        ]
        let publish = try Stage.current.start(command, name: "publish")
        try await eventually("both are published", or: { publish.account }) {
            try await gateway.topic()["counters"]["messages"].int == 2
        }
        publish.signal(SIGINT)
        #expect(try await publish.end() == .exited(0), "\(publish.account)")
        let text = "published 2 messages to topic orders, each sent to 1 subscriber\n"
        #expect(publish.output == text, "\(publish.account)")
    }
}
