import Foundation
import Testing

/// The example's listener, the very script that its manifests mount, behind a real gateway.
@Suite(.onStage)
struct PythonListenerTests {
    private static let folder = "deploy/examples/python-listener"

    @Test func `it receives what is published, the largest payload whole`() async throws {
        let listener = try await start()
        let gateway = try await Gateway.start(
            try await settings(source: "static://\(listener.endpoint)"), listen: "127.0.0.1:0")
        for size in [0, 5, 1_472, 1_473, 65_507] {
            let response = try await gateway.publish(payload(size), to: "readings")
            #expect(response.status == 201, "\(size): \(response)")
        }
        try await eventually("five lines are printed", or: { listener.program.account }) {
            listener.program.lines.count == 7
        }
        let expected = [0, 5, 1_472, 1_473, 65_507].map { size in
            "received \(size) bytes from 127.0.0.1: b'\(String(decoding: payload(size), as: UTF8.self))'"
        }
        #expect(Set(listener.program.lines.dropFirst(2)) == Set(expected))
        #expect(try await gateway.publish(payload(65_508), to: "readings").status == 413)
    }

    @Test func `it says which receive buffer it was granted`() async throws {
        let listener = try await start()
        try await eventually("it says so", or: { listener.program.account }) {
            guard listener.program.lines.count == 2 else { return false }
            let line = try #require(
                listener.program.lines[1].wholeMatch(of: #/receive buffer: (\d+) bytes granted of (\d+)/#))
            return (1...(Int(line.2) ?? 0)).contains(Int(line.1) ?? 0)
        }
    }

    @Test func `a line break in a payload does not break the line`() async throws {
        let listener = try await start()
        try sendDatagram(Array("two\nlines".utf8), to: listener.endpoint)
        try await eventually("the line is printed", or: { listener.program.account }) {
            listener.program.lines.last?.hasSuffix(#"b'two\nlines'"#) == true
        }
    }

    @Test func `it ends with 0 when it is told to`() async throws {
        let listener = try await start()
        listener.program.signal(SIGTERM)
        #expect(try await listener.program.end() == .exited(0), "\(listener.program.account)")
    }

    @Test func `the gateway takes the topic as it is written beside the example`() async throws {
        let gateway = try await Gateway.start(
            ["--config", "\(Tool.root)/\(Self.folder)/topic.yaml", "--resolver", "127.0.0.1:\(try FreePort.find())"])
        let manifests = try await Manifests.render(Self.folder)
        let service = try #require(manifests.all("Service").first)
        let source = "dns://\(service.objectName):\(service["spec"]["ports"][0]["name"].string ?? "")"
        #expect(try await gateway.membership("readings")["from"].string == source)
        #expect(service["spec"]["clusterIP"] == .string("None"))
    }

    /// Starts the script as the ConfigMap has it, with the container's command.
    private func start() async throws -> (program: Program, endpoint: String) {
        let manifests = try await Manifests.render(Self.folder)
        let container = try #require(manifests.workloads.first?.containers.first)
        let mount = try #require(container["volumeMounts"][0]["mountPath"].string)
        let script = try #require(manifests.all("ConfigMap")[0]["data"]["listener.py"].string)
        try #require(container["command"].list == [.string("python3"), .string(mount + "/listener.py")])
        let command = [try #require(Tool.python), try Stage.current.write(script, to: "listener.py"), "127.0.0.1", "0"]
        // Whether it flushes is its own affair, whatever the machine has set.
        let program = try Stage.current.start(command, environment: ["PYTHONUNBUFFERED": ""], name: "listener")
        let port = try await eventually("it listens", or: { program.account }) {
            program.lines.first?.wholeMatch(of: #/listening on port (\d+)/#).map { String($0.1) }
        }
        return (program, "127.0.0.1:\(port)")
    }

    /// Flags that give the example's topic another source.
    private func settings(source: String) async throws -> [String] {
        let topic = try await Manifests.documents(inYAML: "\(Tool.root)/\(Self.folder)/topic.yaml")[0]["topics"][
            "readings"]
        let maximum = try #require(topic["maximumPayloadBytes"].int)
        return ["--topic", "readings=\(source)?maximumPayloadBytes=\(maximum)"]
    }

    private func payload(_ size: Int) -> [UInt8] { (0..<size).map { UInt8(ascii: "a") + UInt8($0 % 26) } }
}
