import Foundation
import Glibc
import Testing

/// The real recorder takes the arguments and the variables that the manifests give it.
@Suite(.onStage)
struct DeployedRecorderTests {
    @Test(arguments: Manifests.recorderFolders)
    func `its settings are valid, and those that are meant`(folder: String) async throws {
        let manifests = try await Manifests.render(folder)
        let url = "postgres://recorder@db.example.com/headcast"
        let environment = try manifests.environment(
            of: "StatefulSet", "headcast-recorder", secret: ["url": url, "password": "secret"])
        // As Kubernetes would for the Service.
        let service = ["HEADCAST_RECORDER_PORT": "tcp://10.96.0.7:8090", "HEADCAST_RECORDER_SERVICE_HOST": "10.96.0.7"]
        let program = try Recorder.launch(
            try arguments(of: manifests) + ["--check"], environment: environment.merging(service) { $1 })
        #expect(try await program.end() == .exited(0), "\(program.account)")
        let store = folder.hasSuffix("sqlite") ? "sqlite:///var/lib/headcast/recorder.db" : url
        #expect(program.output.contains("would listen at [::]:8090 and keep records in \(store)\n"))
    }

    @Test(arguments: Manifests.recorderFolders)
    func `it is given longer to stop than it takes`(folder: String) async throws {
        let recorder = try await Manifests.render(folder).recorder
        func seconds(_ name: String) throws -> Double {
            let variable = try #require(recorder.containers[0]["env"].list.first { $0["name"].string == name })
            let text = try #require(variable["value"].string)
            return try #require(text.hasSuffix("s") ? Double(text.dropLast()) : nil)
        }
        let delay = try seconds("HEADCAST_DRAIN_DELAY")
        #expect(delay == 5)
        let grace = try #require(recorder.podSpec["terminationGracePeriodSeconds"].number)
        #expect(grace >= delay + (try seconds("HEADCAST_DRAIN_TIMEOUT")) + 5)
    }

    @Test func `with its volume it becomes ready, stores, and told to stop still accepts while it is routed to`()
        async throws
    {
        let manifests = try await Manifests.render("deploy/recorder/sqlite")
        let folder = try Stage.current.directory
        let environment = try manifests.environment(of: "StatefulSet", "headcast-recorder", mounting: folder)
        let recorder = try await Recorder.start(
            store: nil, try arguments(of: manifests),
            environment: environment.merging(["HOSTNAME": "headcast-recorder-0"]) { $1 })
        let probes = try manifests.recorder.containers[0]
        let alive = try #require(probes["livenessProbe"]["httpGet"]["path"].string)
        let ready = try #require(probes["readinessProbe"]["httpGet"]["path"].string)
        for path in [alive, ready] { #expect(try await recorder.get(path).status == 200) }
        #expect(try await recorder.respond("m1", "state", "subscriber-0", "x").status == 201)
        #expect(FileManager.default.fileExists(atPath: folder + "/recorder.db"))
        #expect(try await recorder.get("/status").json["recorder"].string == "headcast-recorder-0")

        recorder.program.signal(SIGTERM)
        try await eventually("it is unready", or: { recorder.program.account }) {
            try await recorder.get(ready).status == 503
        }
        #expect(try await recorder.respond("m1", "state", "subscriber-1", "x").status == 200)
        #expect(try await recorder.program.end() == .exited(0), "\(recorder.program.account)")
    }

    @Test(.enabled(if: Database.isPossible, Database.need))
    func `two with one database store a state once, the server being the one that the authority vouches for`()
        async throws
    {
        let manifests = try await Manifests.render("deploy/recorder/postgresql")
        let database = try await Database.start()
        let environment = try manifests.environment(
            of: "StatefulSet", "headcast-recorder", mounting: database.folder,
            secret: ["url": database.url, "password": Database.password])
        let arguments = try arguments(of: manifests)
        let first = try await Recorder.start(store: nil, arguments, environment: environment)
        let second = try await Recorder.start(store: nil, arguments, environment: environment)
        #expect(try await first.respond("m1", "state", "subscriber-0", "x").status == 201)
        #expect(try await second.respond("m1", "state", "subscriber-1", "x").status == 200)
        let records = try await first.get("/records").json["items"].list
        #expect(records.map { $0["answers"].int } == [2])
        let status = try await second.get("/status")
        #expect(!status.text.contains(Database.password))
        try await database.stop()
    }

    @Test(
        .enabled(if: Database.isPossible, Database.need),
        arguments: [
            ("PGSSLROOTCERT", "/etc/ssl/certs/ca-certificates.crt", "certificate verify failed"),
            ("PGSSLROOTCERT", "/none/ca.crt", "root certificate file \\\"/none/ca.crt\\\" does not exist"),
            ("PGPASSWORD", "wrong", "password authentication failed"),
        ])
    func `what is wrong with the Secret is why it is not ready`(
        variable: String, value: String, reason: String
    ) async throws {
        let manifests = try await Manifests.render("deploy/recorder/postgresql")
        let database = try await Database.start()
        var environment = try manifests.environment(
            of: "StatefulSet", "headcast-recorder", mounting: database.folder,
            secret: ["url": database.url, "password": Database.password])
        environment[variable] = value
        let program = try Recorder.launch(
            ["--listen", "127.0.0.1:0"] + (try arguments(of: manifests)), environment: environment)
        try await eventually("it says why", or: { program.account }) { program.errors.contains(reason) }
        #expect(program.ending == nil)
        #expect(!program.errors.contains(Database.password))
        try await database.stop()
    }

    @Test func `what is published to the gateway is answered by all subscribers, and is one row`() async throws {
        let manifests = try await Manifests.render("deploy/recorder/sqlite")
        let recorder = try await Recorder.start(
            store: nil, try arguments(of: manifests),
            environment: try manifests.environment(
                of: "StatefulSet", "headcast-recorder", mounting: try Stage.current.directory))
        let names = ["subscriber-0", "subscriber-1"]
        var endpoints: [String] = []
        for name in names {
            endpoints.append(try await subscriber(of: manifests, named: name, answeringTo: recorder))
        }
        // A flag takes the place of the topic in the file, and says the same but for where subscribers are.
        let source = "static://" + endpoints.joined(separator: ",")
        let gateway = try await Gateway.start(
            topics: "orders=\(source)?format=\(try await format(of: manifests))")
        let receipt = try await gateway.publish("hello").json
        #expect(receipt["sent"].int == 2)
        let id = try #require(receipt["id"].string)
        try await eventually("both have answered", or: { recorder.program.account }) {
            let response = try await recorder.get("/records/\(id)")
            return response.json["items"].list.first?["answers"].int == 2
        }
        let rows = try await recorder.get("/records").json["items"].list
        #expect(rows.map { $0["payload"].string } == ["hello"])
        #expect(rows.map { $0["topic"].string } == ["orders"])
        let responders = try await recorder.get("/records/\(id)/responders").json["items"].list
        #expect(Set(responders.compactMap { $0["responder"].string }) == Set(names))
    }

    /// The format of the topic as the gateway of the manifests takes it; raw messages have no id to answer to.
    private func format(of manifests: Manifests) async throws -> String {
        let arguments = try manifests.arguments(of: "gateway", "Deployment", "headcast")
        let program = try Gateway.launch(
            arguments + ["--check"], listen: nil, environment: try manifests.gatewayEnvironment())
        #expect(try await program.end() == .exited(0), "\(program.account)")
        let topic = program.output.firstMatch(of: #/orders +dns://headless-udp:udp +([a-z]+) /#)
        return String(try #require(topic, "\(program.output)").1)
    }

    /// Starts the container of a pod; gives where it listens.
    private func subscriber(
        of manifests: Manifests, named name: String, answeringTo recorder: Recorder
    ) async throws -> String {
        let places = ["0.0.0.0:12000": "127.0.0.1:0", "http://headcast-recorder:8090": "http://\(recorder.endpoint)"]
        let arguments = try manifests.arguments(of: "subscribe", "StatefulSet", "subscriber").map { places[$0] ?? $0 }
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start(
            [headcast, "subscribe"] + arguments, environment: ["HOSTNAME": name], name: "subscribe")
        return try await eventually("it listens", or: { program.account }) {
            program.errors.firstMatch(of: #/listening on (\S+:\d+)/#).map { String($0.1) }
        }
    }

    private func arguments(of manifests: Manifests) throws -> [String] {
        try manifests.arguments(of: "recorder", "StatefulSet", "headcast-recorder")
    }
}
