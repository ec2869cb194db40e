import Testing

/// A headless service in miniature: a name server, pods all over loopback, and a gateway that follows the name.
struct Cluster: Sendable {
    static let need: Comment = "needs knotd: apt-get install knot"
    static var isPossible: Bool { Tool.knotd != nil && Tool.knotc != nil }

    let server: NameServer
    let pods: Pods
    let gateway: Gateway
    let port: UInt16

    /// Starts all three and waits until the gateway knows the pods at `addresses`.
    ///
    /// `query` is added to the topic's URL; an empty membership is believed after 3 s.
    static func start(_ addresses: [String], query: String = "emptyAfter=3s") async throws -> Cluster {
        let port = try FreePort.find()
        let server = try await NameServer.start(NameServer.pods(addresses))
        let pods = try await Pods.everywhere(port: port)
        let gateway = try await Gateway.start(
            topics: "orders=dns://\(NameServer.headless):\(port)?\(query)", with: ["--resolver", server.endpoint])
        let cluster = Cluster(server: server, pods: pods, gateway: gateway, port: port)
        if !addresses.isEmpty { try await gateway.membership(is: cluster.endpoints(addresses)) }
        return cluster
    }

    func endpoints(_ addresses: [String]) -> Set<String> { Set(addresses.map { "\($0):\(port)" }) }

    /// Changes the service to these pods and waits until the gateway has followed.
    func scale(to addresses: [String], within limit: Duration = .seconds(20)) async throws {
        try await server.serve(NameServer.pods(addresses))
        try await gateway.membership(is: endpoints(addresses), within: limit)
    }

    /// Publishes one message and gives who received it, when as many have as the receipt says.
    func recipients(of text: String = "hello") async throws -> Set<String> {
        let before = pods.arrived
        let response = try await gateway.publish(text)
        let sent = try #require(response.json["sent"].int, "\(response)")
        try await pods.arrived(total: before.values.reduce(0, +) + sent)
        return Set(pods.arrived.filter { $0.value > before[$0.key, default: 0] }.keys)
    }

    static let two = ["127.0.1.1", "127.0.1.2"]
    static let five = (1...5).map { "127.0.1.\($0)" }
}
