import Foundation
import Testing

/// A name server that is asked and never answers.
@Suite(.onStage, .enabled(if: Network.isPossible, Network.need))
struct SilentNameServerTests {
    /// A namespace whose programs ask a name server there that says `asked` on standard output, and nothing to them.
    private func place() async throws -> (namespace: String, server: Program) {
        let namespace = try Network.alone()
        let folder = "/etc/netns/\(namespace)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Leash.hold(folder, "rm -rf '\(folder)'")
        try Stage.current.atTheEnd {
            try? FileManager.default.removeItem(atPath: folder)
            Leash.release(folder)
        }
        // Longer than any test waits.
        let text = "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/resolv.conf"))
        let script = """
            import socket
            port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            port.bind(("127.0.0.1", 53))
            print("ready", flush=True)
            while True:
                port.recv(65535)
                print("asked", flush=True)
            """
        let ip = try #require(Tool.ip)
        let server = try Stage.current.start(
            [ip, "netns", "exec", namespace, try #require(Tool.python), "-c", script], name: "silent")
        try await eventually("it is ready", or: { server.account }) { server.lines.first == "ready" }
        return (namespace, server)
    }

    @Test func `a request ends with its own time limit`() async throws {
        let (namespace, server) = try await place()
        let publish = try Stage.current.start(
            [
                try #require(Tool.ip), "netns", "exec", namespace, try #require(Tool.headcast), "publish", "orders",
                "hello", "--gateway", "http://gateway.test:8080", "--timeout", "1s",
            ], name: "publish")
        #expect(try await publish.end() == .exited(1), "\(publish.account)")
        #expect(publish.errors.contains("no answer from http://gateway.test:8080 within 1 s"), "\(publish.account)")
        #expect(server.lines.contains("asked"))
    }
}
