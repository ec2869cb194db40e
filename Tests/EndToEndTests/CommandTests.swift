import Glibc
import Testing

/// The commands besides the gateway, as somebody tries them.
@Suite(.onStage)
struct CommandTests {
    @Test func `subscribe writes each datagram into a file at once`() async throws {
        let subscriber = try await Subscriber.start()
        try sendDatagram(Array("hello".utf8), to: subscriber.endpoint)
        let first = try await subscriber.lines(count: 1)
        #expect(first[0].names == ["receivedAt", "from", "payload"])
        #expect(first[0]["payload"].string == "hello")
        #expect(first[0]["receivedAt"].string?.hasSuffix("Z") == true)
        #expect(first[0]["from"].string?.hasPrefix("127.0.0.1:") == true)
        try sendDatagram([], to: subscriber.endpoint)
        #expect(try await subscriber.lines(count: 2)[1]["payload"].string == "")
    }

    @Test func `subscribe writes in base64 what is not text`() async throws {
        let subscriber = try await Subscriber.start()
        try sendDatagram([0xFF, 0x00, 0x80], to: subscriber.endpoint)
        let line = try #require(try await subscriber.lines(count: 1).first)
        #expect(line.names == ["receivedAt", "from", "payloadBase64"])
        #expect(line["payloadBase64"].string == "/wCA")
    }

    @Test func `subscribe prints text as it is`() async throws {
        let subscriber = try await Subscriber.start(output: "text")
        try sendDatagram(Array("hello".utf8), to: subscriber.endpoint)
        try await eventually("the line is printed", or: { subscriber.program.account }) {
            subscriber.program.lines == ["hello"]
        }
    }

    @Test func `subscribe ends with 0 when it is told to`() async throws {
        let subscriber = try await Subscriber.start()
        subscriber.program.signal(SIGTERM)
        #expect(try await subscriber.program.end() == .exited(0), "\(subscriber.program.account)")
    }

    @Test func `two subscribers do not share a port`() async throws {
        let subscriber = try await Subscriber.start()
        let second = try Subscriber.launch(on: subscriber.endpoint)
        #expect(try await second.end() == .exited(1), "\(second.account)")
        #expect(second.errors.contains("EADDRINUSE"))
    }

    @Test func `the demo without a terminal shows three messages and ends with 0`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast, "demo", "--subscribers", "4"], name: "demo")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        #expect(program.output.contains("curl -d"), "\(program.account)")
        let receipts = program.output.split(separator: "\n").filter { $0.contains("sent to 4 of 4 subscribers") }
        #expect(receipts.count == 3, "\(program.account)")
    }

    @Test func `a mistyped command is refused with a hint`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast, "gatway"], name: "headcast")
        #expect(try await program.end() == .exited(64))
        let hint = "headcast: unknown command \"gatway\"; did you mean gateway?\n"
        #expect(program.errors.hasPrefix(hint), "\(program.account)")
    }

    @Test(arguments: [
        ["--help"], ["gateway", "--help"], ["subscribe", "--help"], ["demo", "--help"], ["doctor", "--help"],
        ["--version"],
    ])
    func `help is on standard output`(arguments: [String]) async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast] + arguments, name: "headcast")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        #expect(!program.output.isEmpty)
    }
}
