import Foundation
import Testing

/// The example's subscriber and responder: by their own tests, and the subscriber as its manifests run it.
@Suite(.onStage)
struct PythonSubscriberTests {
    private static let folder = "deploy/examples/python-subscriber"

    @Test(arguments: [
        "test_vectors", "test_receiver", "test_subscription", "test_command", "test_responder",
        "test_responder_command",
    ])
    func `its tests pass`(module: String) async throws {
        let command = [
            "/usr/bin/env", "-C", Tool.part("subscriber"), try #require(Tool.python), "-B", "-W", "error", "-m",
            "unittest", module,
        ]
        let environment = ["HEADCAST_PROGRAM": try #require(Tool.headcast, "headcast is not built")]
        let program = try Stage.current.start(command, environment: environment, name: module)
        #expect(try await program.end(within: .seconds(180)) == .exited(0), "\(program.account)")
        let count = try #require(program.errors.firstMatch(of: #/\nRan (\d+) tests? in/#)?.1)
        #expect(try #require(Int(count)) > 3)
    }

    @Test func `its pods receive what is sent to the port of their Service`() async throws {
        let manifests = try await Manifests.render(Self.folder)
        let container = try #require(manifests.workloads.first?.containers.first)
        let mount = try #require(container["volumeMounts"][0]["mountPath"].string)
        let script = try #require(manifests.all("ConfigMap")[0]["data"]["subscriber.py"].string)
        try #require(container["command"].list == [.string("python3"), .string(mount + "/subscriber.py")])
        var arguments = container["args"].list.compactMap(\.string)
        let port = try #require(container["ports"][0]["containerPort"].int)
        let place = try #require(arguments.firstIndex(of: "[::]:\(port)"), "\(arguments)")
        arguments[place] = "[::]:0"
        let path = try Stage.current.write(script, to: "subscriber.py")
        let program = try Stage.current.start([try #require(Tool.python), path] + arguments, name: "subscriber")
        let free = try await eventually("it listens", or: { program.account }) {
            program.errors.firstMatch(of: #/listening on \[::\]:(\d+)\n/#).map { String($0.1) }
        }
        try sendDatagram(try Self.datagram(), to: "127.0.0.1:\(free)")
        try await eventually("the line is printed", or: { program.account }) {
            program.lines.first.flatMap { JSON(text: $0) }?["payload"].string == "hello"
        }
        program.signal(SIGTERM)
        #expect(try await program.end() == .exited(0), "\(program.account)")
    }

    @Test func `those that answer do so to the recorder`() async throws {
        let manifests = try await Manifests.render("deploy/examples/python-responder")
        let container = try #require(manifests.workloads.first?.containers.first)
        let mounts = container["volumeMounts"].list.compactMap { $0["mountPath"].string }
        try #require(mounts.count == 2)
        try #require(container["command"].list == [.string("python3"), .string(mounts[0] + "/answer.py")])
        let modules = JSON.object(["name": .string("PYTHONPATH"), "value": .string(mounts[1])])
        try #require(container["env"].list == [modules])
        // The test has them all in one folder, where Python finds them without the variable.
        for files in manifests.all("ConfigMap").map({ $0["data"] }) {
            for name in files.names { _ = try Stage.current.write(try #require(files[name].string), to: name) }
        }
        let recorder = try await Recorder.start(store: "sqlite://\(try Stage.current.path("records.db"))")
        let script = try Stage.current.path("answer.py")
        let arguments = ["http://\(recorder.endpoint)", "127.0.0.1", "0"]
        let program = try Stage.current.start([try #require(Tool.python), "-B", script] + arguments, name: "answer")
        let port = try await eventually("it listens", or: { program.account }) {
            program.errors.firstMatch(of: #/listening on port (\d+)\n/#).map { String($0.1) }
        }
        try sendDatagram(try Self.datagram(), to: "127.0.0.1:\(port)")
        try await eventually("it is recorded", or: { program.account }) {
            try await recorder.get("/records").json["items"].list.map { $0["payload"].string } == ["hello"]
        }
        program.signal(SIGTERM)
        #expect(try await program.end() == .exited(0), "\(program.account)")
    }

    @Test(arguments: ["raw", "enveloped", "cloudevents"])
    func `as JSON it prints what headcast subscribe prints`(format: String) async throws {
        let subscriber = try await Subscriber.start()
        let script = "\(Tool.root)/\(Self.folder)/subscriber.py"
        let flags = ["--listen", "127.0.0.1:0", "--output", "json", "--format", "any"]
        let program = try Stage.current.start([try #require(Tool.python), "-B", script] + flags, name: "subscriber.py")
        let port = try await eventually("it listens", or: { program.account }) {
            program.errors.firstMatch(of: #/listening on 127\.0\.0\.1:(\d+)\n/#).map { String($0.1) }
        }
        let gateway = try await Gateway.start(
            topics: "orders=static://\(subscriber.endpoint),127.0.0.1:\(port)?format=\(format)")
        let event = ["ce-specversion: 1.0", "ce-id: 1", "ce-source: /shop", "ce-type: paid", "ce-region: eu"]
        _ = try await gateway.publish("hello", query: "?ttl=1h", headers: event)
        let line = try await eventually("the line is printed", or: { program.account }) {
            program.lines.first.flatMap { JSON(text: $0) }
        }
        let expected = try await subscriber.lines(count: 1)[0]
        #expect(line.names == expected.names)
        for name in expected.names.subtracting(["receivedAt", "from"]) { #expect(line[name] == expected[name]) }
        #expect(line["from"].string?.hasPrefix("127.0.0.1:") == true)
    }

    /// The first datagram of the vectors.
    private static func datagram() throws -> [UInt8] {
        let path = "\(Tool.root)/Tests/WireTests/vectors.json"
        let vectors = try #require(JSON(text: try String(contentsOfFile: path, encoding: .utf8)))
        let digits = try #require(vectors["datagrams"][0]["hex"].string).compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
