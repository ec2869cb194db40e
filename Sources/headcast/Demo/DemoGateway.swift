import Endpoints
import FanOut
import Gateway
import Logging

/// The demo's gateway.
struct DemoGateway {
    static let topic = "demo"

    private let server: DemoServer

    var endpoint: Endpoint { server.endpoint }

    /// - Parameter isEnveloped: whether messages travel with what else is known of them; else as they are.
    static func start(for subscribers: [Endpoint], isEnveloped: Bool = false) async throws -> DemoGateway {
        var configuration = GatewayConfiguration(name: "demo")
        configuration.topics = [TopicConfiguration(name: topic, source: .static(subscribers))]
        if isEnveloped { configuration.topics[0].format = .enveloped }
        configuration.drainTimeout = .seconds(1)
        let server = try await DemoServer.start(at: configuration.listen) { [configuration] listen in
            var configuration = configuration
            configuration.listen = listen
            return try await DemoServer("gateway") { [configuration] stop, isListening in
                // Belongs to this thread from its making to its end.
                let gateway = try GatewayLoop(configuration, logger: Logger(label: "headcast.gateway"))
                isListening(gateway.endpoint)
                try gateway.run(until: stop)
            }
        }
        return DemoGateway(server: server)
    }

    func stop() async { await server.stop() }
}
