import Foundation
import Glibc
import Testing

/// The tools of these tests do what the tests rely on.
@Suite(.onStage)
struct HarnessTests {
    @Test func `a listener prints the bytes it gets`() async throws {
        let listener = try await Listener.start()
        try sendDatagram([0, 255, 10, 13], to: listener.endpoint)
        try sendDatagram([], to: listener.endpoint)
        #expect(try await listener.payloads(count: 2) == [[0, 255, 10, 13], []])
    }

    @Test func `a port that is found stays free while programs are started`() async throws {
        let stage = try Stage.current
        async let starting: Void = {
            for number in 0..<200 { _ = try stage.start(["/bin/sleep", "60"], name: "sleep-\(number)") }
        }()
        var ports: [UInt16] = []
        while ports.count < 1_000 { ports.append(try FreePort.find()) }
        try await starting
        #expect(ports.filter { !FreePort.isFree($0) } == [])
    }

    @Test func `pods everywhere tell destinations apart`() async throws {
        let port = try FreePort.find()
        let pods = try await Pods.everywhere(port: port)
        for address in ["127.0.1.1", "127.0.1.2", "127.0.1.1"] { try sendDatagram([1], to: "\(address):\(port)") }
        try await pods.arrived(total: 3)
        #expect(pods.arrived == ["127.0.1.1:\(port)": 2, "127.0.1.2:\(port)": 1])
    }

    @Test func `pods tell order, duplicates and delay of what they got`() async throws {
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        let pods = try await Pods.at([endpoint])
        for number in [0, 2, 1, 1] as [UInt64] { try sendDatagram(head(connection: 7, number), to: endpoint) }
        try await pods.arrived(total: 4)
        let tally = try await pods.tally()
        #expect(tally.outOfOrder == 1)
        #expect(tally.duplicates == 1)
        #expect(tally.drops == 0)
        #expect(tally.messages(at: endpoint).map(\.number) == [0, 2, 1, 1])
    }

    @Test func `pods count what the kernel dropped`() async throws {
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        let pods = try await Pods.at([endpoint])
        pods.program.signal(SIGSTOP)
        for _ in 0..<20_000 { try sendDatagram([UInt8](repeating: 1, count: 1_000), to: endpoint) }
        pods.program.signal(SIGCONT)
        let tally = try await pods.tally()
        #expect(tally.drops > 0)
        #expect(tally.arrived(at: endpoint) + tally.drops == 20_000)
    }

    @Test(.enabled(if: Network.isPossible, Network.need))
    func `pods in namespaces are reached from the gateway's`() async throws {
        let network = try Network.make(pods: 2)
        let endpoint = "\(network.address(1)):12000"
        let pods = try await Pods.at([endpoint], in: network.pods[1])
        let script = """
            import socket
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("\(network.address(1))", 12000))
            """
        let command = [
            try #require(Tool.ip), "netns", "exec", network.gateway, try #require(Tool.python), "-c", script,
        ]
        #expect(try await Stage.current.start(command, name: "sender").end() == .exited(0))
        try await pods.arrived(1, at: [endpoint])
    }

    @Test func `a program that ends by itself is noticed`() async throws {
        await withKnownIssue {
            let stage = try Stage()
            let program = try stage.start(["/bin/false"], name: "false")
            try await eventually("it ended") { program.ending != nil }
            stage.clear()
        }
    }

    @Test func `a response is read whole, and only once`() {
        var bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:  b \r\n\r\nhiHTTP".utf8)
        let response = HTTPResponse(&bytes, isHead: false, isClosed: false)
        #expect(response?.status == 200)
        #expect(response?.text == "hi")
        #expect(response?.header("x-a") == "b")
        #expect(bytes == Array("HTTP".utf8))
        #expect(HTTPResponse(&bytes, isHead: false, isClosed: false) == nil)
    }
}

extension HarnessTests {
    @Test(.enabled(if: Tool.knotd != nil, "needs knotd: apt-get install knot"))
    func `the name server serves, fails, and truncates as a cluster's does`() async throws {
        let addresses = (0..<500).map { "127.0.\(1 + $0 / 250).\(1 + $0 % 250)" }
        let server = try await NameServer.start(NameServer.pods(addresses))
        #expect(try await server.question("udp", "A") == "rcode 0 truncated True answers 0")
        #expect(try await server.question("tcp", "A") == "rcode 0 truncated False answers 500")
        try await server.serve(NameServer.pods(["127.0.1.1", "::1"]))
        #expect(try await server.question("udp", "A") == "rcode 0 truncated False answers 1")
        #expect(try await server.question("udp", "AAAA") == "rcode 0 truncated False answers 1")
        try await server.serve([])
        #expect(try await server.question("udp", "A") == "rcode 3 truncated False answers 0")
        try await server.failToServe()
        #expect(try await server.question("udp", "A") == "rcode 2 truncated False answers 0")
        try await server.serve(NameServer.services([("a", "127.0.1.1", 1_201), ("b", "127.0.1.2", 1_202)]))
        #expect(try await server.question("udp", "SRV") == "rcode 0 truncated False answers 2")
        server.stopAnswering()
        #expect(try await server.question("udp", "A") == "no answer")
        server.kill()
        _ = try await server.restart()
        #expect(try await server.question("udp", "SRV") == "rcode 0 truncated False answers 2")
    }
}

extension NameServer {
    /// Asks about the headless name, its port `udp` for SRV, and describes the answer.
    fileprivate func question(_ transport: String, _ kind: String) async throws -> String {
        let name = (kind == "SRV" ? "_udp._udp." : "") + Self.headless
        let command = [try #require(Tool.python), Tool.part("ask.py"), "\(port)", transport, kind, name]
        let program = try Stage.current.start(command, name: "ask")
        _ = try await program.end()
        return try #require(program.lines.first, "\(program.account)")
    }
}

/// The head of a payload as publish.py writes it, sent now.
private func head(connection: UInt64, _ number: UInt64) -> [UInt8] {
    [connection, number, 1].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
}
