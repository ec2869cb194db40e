import Foundation
import Testing

/// The real program takes the arguments and the settings that the manifests give it.
@Suite(.onStage)
struct DeployedProgramTests {
    @Test func `the gateway starts with its settings and is alive, but not ready, while DNS does not answer`()
        async throws
    {
        let manifests = try await Manifests.render("deploy/kubernetes")
        let gateway = try await Gateway.start(
            try manifests.arguments(of: "gateway", "Deployment", "headcast") + ["--resolver", try nobody()],
            listen: nil,
            // The first as the image sets it, with a port of our own; the others as Kubernetes would for the Service.
            environment: [
                "HEADCAST_LISTEN": "127.0.0.1:0", "HOSTNAME": "headcast-5d9c-x7k2p",
                "HEADCAST_PORT": "tcp://10.96.0.7:8080", "HEADCAST_SERVICE_HOST": "10.96.0.7",
            ].merging(try manifests.gatewayEnvironment()) { $1 })
        let probes = try manifests.one("Deployment", "headcast").containers[0]
        let alive = try #require(probes["livenessProbe"]["httpGet"]["path"].string)
        let ready = try #require(probes["readinessProbe"]["httpGet"]["path"].string)
        #expect(try await gateway.get(alive).status == 200)
        #expect(try await gateway.get(ready).status == 503)
        #expect(try await gateway.publish("hello").errorCode == "unresolved")
        #expect(try await gateway.json("/status")["gateway"].string == "headcast-5d9c-x7k2p")
        #expect(try await gateway.membership()["from"].string == "dns://headless-udp:udp")
    }

    @Test func `a subscriber starts and prints what arrives`() async throws {
        let manifests = try await Manifests.render("deploy/kubernetes")
        var arguments = try manifests.arguments(of: "subscribe", "StatefulSet", "subscriber")
        let port = try #require(
            try manifests.one("StatefulSet", "subscriber").containers[0]["ports"][0]["containerPort"].int)
        let place = try #require(arguments.firstIndex(of: "0.0.0.0:\(port)"), "\(arguments)")
        let endpoint = "127.0.0.1:\(try FreePort.find())"
        arguments[place] = endpoint
        let headcast = try #require(Tool.headcast, "headcast is not built")
        let program = try Stage.current.start([headcast, "subscribe"] + arguments, name: "subscribe")
        try await eventually("it listens", or: { program.account }) { program.errors.contains("listening on") }
        try sendDatagram(Array("hello".utf8), to: endpoint)
        try await eventually("the line is printed", or: { program.account }) {
            program.lines.first.flatMap { JSON(text: $0) }?["payload"].string == "hello"
        }
    }

    @Test func `gateways are given longer to stop than they take`() async throws {
        let manifests = try await Manifests.render("deploy/kubernetes")
        let grace = try manifests.one("Deployment", "headcast").podSpec["terminationGracePeriodSeconds"].number
        let folder = try manifests.writeSettings()
        let settings = try await Manifests.documents(inYAML: folder + "/headcast.yaml")[0]
        let delay = try #require(settings["drainDelay"].string?.seconds)
        let timeout = try #require(settings["drainTimeout"].string?.seconds)
        #expect(delay == 5)
        #expect(try #require(grace) >= delay + timeout + 5)
    }

    /// A name server that nobody is.
    private func nobody() throws -> String { "127.0.0.1:\(try FreePort.find())" }
}

extension String {
    /// The seconds of a duration such as `5s`.
    fileprivate var seconds: Double? { hasSuffix("s") ? Double(dropLast()) : nil }
}
