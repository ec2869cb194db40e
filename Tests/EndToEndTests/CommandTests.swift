import Foundation
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

    @Test func `a demo that cannot show anything leaves nothing behind`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let folder = try Stage.current.path("tmp")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let program = try Stage.current.start(
            ["/bin/sh", "-c", "exec \"$0\" demo --record > /dev/full", headcast], environment: ["TMPDIR": folder],
            name: "demo")
        #expect(try await program.end() == .exited(1), "\(program.account)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func `the demo with a recorder shows three records and ends with 0`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast, "demo", "--record"], name: "demo")
        #expect(try await program.end() == .exited(0), "\(program.account)")
        let records = program.output.split(separator: "\n").filter { $0.contains(", 3 answers, the first from ") }
        #expect(records.count == 3, "\(program.account)")
    }

    @Test func `a mistyped command is refused with a hint`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast, "gatway"], name: "headcast")
        #expect(try await program.end() == .exited(64))
        let hint = "headcast: unknown command \"gatway\"; did you mean gateway?\n"
        #expect(program.errors.hasPrefix(hint), "\(program.account)")
    }

    @Test func `settings are checked without a gateway`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let subscriber = try await Subscriber.start()
        // Neither the port of HTTP nor the source is bound, which are taken.
        let arguments = [
            "gateway", "--check", "--topic", "orders=static://127.0.1.1:12000", "--send-from", subscriber.endpoint,
        ]
        let valid = try Stage.current.start([headcast] + arguments, name: "valid")
        #expect(try await valid.end() == .exited(0), "\(valid.account)")
        #expect(valid.lines.contains { $0.hasPrefix("orders  static://127.0.1.1:12000") }, "\(valid.account)")
        let faulty = try Stage.current.start([headcast] + arguments + ["--drain-delay", "soon"], name: "faulty")
        #expect(try await faulty.end() == .exited(64), "\(faulty.account)")
        #expect(faulty.errors.contains("--drain-delay is") && faulty.output.isEmpty, "\(faulty.account)")
    }

    @Test func `a gateway logs when it is ready, and which topics have not resolved`() async throws {
        let listed = try await Gateway.start(topics: "orders=static://127.0.1.1:12000", with: ["--name", "gw-1"])
        try await eventually("it is ready", or: { listed.program.account }) {
            listed.program.errors.contains(#/"ready".*gw-1|ready +gateway=gw-1/#)
        }
        let unresolved = try await Gateway.start(
            topics: "orders=dns://headless.shop:12000", with: ["--resolver", "127.0.0.1:1", "--ready-after", "300ms"])
        try await eventually("it is ready all the same", or: { unresolved.program.account }) {
            unresolved.program.errors.contains("ready, although topics have not resolved")
        }
        #expect(unresolved.program.errors.contains(#/topics"?[=:] ?"?orders/#), "\(unresolved.program.account)")
    }

    @Test func `a gateway whose port is taken says what takes another`() async throws {
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let gateway = try await Gateway.start(topics: "orders=static://127.0.1.1:12000")
        let second = try Stage.current.start(
            [headcast, "gateway", "--topic", "orders=static://127.0.1.1:12000", "--listen", gateway.endpoint],
            name: "second")
        #expect(try await second.end() == .exited(1), "\(second.account)")
        #expect(second.errors.contains("address already in use (EADDRINUSE)\n"), "\(second.account)")
        #expect(second.errors.hasSuffix("headcast: --listen takes another address\n"), "\(second.account)")
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
