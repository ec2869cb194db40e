/// Gateways that between them give every answer of the contract.
struct ContractGateways: Sendable {
    /// Has a topic for each thing that can become of a message; never ready, since `lost` never resolves.
    let several: Gateway
    /// Has one topic each, for `/publish` without a name.
    let one: Gateway
    let failing: Gateway
    let nobody: Gateway
    /// Needs seconds for a large message, so that a publish stays under way.
    let slow: Gateway
    /// Has little room for bodies.
    let small: Gateway

    private static let orders = "orders=static://127.0.1.1:12000,127.0.1.2:12000?maximumBytesPerSecond=20000"
    /// Refused by the kernel, since it is sent to without SO_BROADCAST; no datagram leaves.
    private static let nobodyCanSend = "failing=static://255.255.255.255:12000"
    private static let bulk =
        "bulk=static://127.0.1.1:12000?format=enveloped&burstBytes=1232&maximumPayloadBytes=4MiB"
    private static let empty = "nobody=dns://\(NameServer.headless):12000?emptyAfter=1s"

    /// Starts them, and waits until the topic without subscribers is known to have none.
    static func start() async throws -> ContractGateways {
        let server = try await NameServer.start()
        let resolver = ["--resolver", server.endpoint, "--name", "gateway-1"]
        let gateways = ContractGateways(
            several: try await several(resolver),
            one: try await Gateway.start(topics: orders, with: resolver),
            failing: try await Gateway.start(topics: nobodyCanSend, with: resolver),
            nobody: try await Gateway.start(topics: empty, with: resolver),
            slow: try await Gateway.start(topics: bulk, with: resolver),
            small: try await Gateway.start(topics: orders, with: resolver + ["--maximum-bodies-bytes", "64KiB"])
        )
        for gateway in [gateways.several, gateways.nobody] {
            try await eventually("an empty membership is believed", or: { gateway.program.account }) {
                try await gateway.publish("x", to: "nobody").status == 202
            }
        }
        return gateways
    }

    private static func several(_ arguments: [String]) async throws -> Gateway {
        try await Gateway.start(
            topics: "orders=static://127.0.1.1:12000,127.0.1.2:12000",
            "prices=static://127.0.1.1:12000?policy=repeat&copies=3&spacing=5ms",
            nobodyCanSend, empty,
            // A name outside of the zone is refused by its server, which tells nothing about subscribers.
            "lost=dns://lost.elsewhere.test:12000",
            "slow=static://127.0.1.1:12000?maximumBytesPerSecond=1000",
            with: arguments)
    }
}
