import Foundation
import Glibc
import Testing

/// `deploy/kubernetes` in miniature: pods with addresses of their own run what its containers run, and a name server
/// answers for the headless service as the cluster's would.
@Suite(.onStage, .enabled(if: Network.isPossible && Cluster.isPossible, Network.need))
struct ScaleTests {
    private static let domain = "shop.svc.cluster.local"

    @Test func `scaled from two to five, all five receive, and scaled back, two`() async throws {
        let manifests = try await Manifests.render("deploy/kubernetes")
        let network = try Network.make(pods: 5)
        try configureResolving(in: network.gateway)
        let server = try await NameServer.start(records(0..<2, in: network), in: network.gateway)
        let subscribers = try await startSubscribers(of: manifests, in: network)
        let gateway = try await Gateway.start(
            try manifests.arguments(of: "gateway", "Deployment", "headcast"), listen: nil,
            environment: try manifests.gatewayEnvironment().merging(["HEADCAST_LISTEN": "127.0.0.1:8080"]) { $1 },
            in: network.gateway)

        try await gateway.membership(is: endpoints(0..<2, in: network))
        #expect(try await gateway.publish("two").json["sent"].int == 2)
        try await server.serve(records(0..<5, in: network))
        try await gateway.membership(is: endpoints(0..<5, in: network))
        #expect(try await gateway.publish("five").json["sent"].int == 5)
        try await server.serve(records(0..<2, in: network))
        try await gateway.membership(is: endpoints(0..<2, in: network))
        #expect(try await gateway.publish("two again").json["sent"].int == 2)

        for (position, subscriber) in subscribers.enumerated() {
            let expected = position < 2 ? ["two", "five", "two again"] : ["five"]
            try await eventually("\(expected) arrive", or: { subscriber.account }) {
                subscriber.lines.compactMap { JSON(text: $0)?["payload"].string } == expected
            }
        }
        let names = try await gateway.subscribers().values.compactMap { $0["name"].string }
        #expect(Set(names) == ["subscriber-0", "subscriber-1"])
    }

    /// The resolv.conf of a pod, which `ip netns exec` puts in place of the machine's.
    private func configureResolving(in namespace: String) throws {
        let folder = "/etc/netns/\(namespace)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        Leash.hold(folder, "rm -rf '\(folder)'; rmdir /etc/netns")
        try Stage.current.atTheEnd {
            try? FileManager.default.removeItem(atPath: folder)
            // Goes only if nothing else is in it.
            rmdir("/etc/netns")
            Leash.release(folder)
        }
        let text = "search \(Self.domain) svc.cluster.local cluster.local\nnameserver 127.0.0.1\noptions ndots:5\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/resolv.conf"))
    }

    /// The containers of the StatefulSet, each in a pod.
    private func startSubscribers(of manifests: Manifests, in network: Network) async throws -> [Program] {
        let arguments = try manifests.arguments(of: "subscribe", "StatefulSet", "subscriber")
        let command = [try #require(Tool.headcast, "headcast is not built"), "subscribe"] + arguments
        let ip = try #require(Tool.ip)
        let subscribers = try network.pods.map { pod in
            try Stage.current.start([ip, "netns", "exec", pod] + command, name: "subscribe")
        }
        for subscriber in subscribers {
            try await eventually("it listens", or: { subscriber.account }) {
                subscriber.errors.contains("listening on")
            }
        }
        return subscribers
    }

    private func endpoints(_ pods: Range<Int>, in network: Network) -> Set<String> {
        Set(pods.map { "\(network.address($0)):12000" })
    }

    private func records(_ pods: Range<Int>, in network: Network) -> [String] {
        NameServer.services(pods.map { ("subscriber-\($0)", network.address($0), 12_000) })
    }
}
