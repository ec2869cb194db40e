import Endpoints
import Logging
import Service

/// Everything that is set about a gateway. Libraries take it as a value; only the program reads files and environment.
package struct GatewayConfiguration: ServerConfiguration {
    package var listen = Endpoint(address: .loopback, port: 8_080)

    /// The source of the datagrams; nil lets the kernel choose.
    package var sendFrom: Endpoint?

    /// The DNS server to ask; nil for those of /etc/resolv.conf.
    package var resolver: Endpoint?

    package var name: String

    package var topics: [TopicConfiguration] = []

    // MARK: Lifecycle

    /// From start until the gateway is ready although a topic has not resolved.
    package var readyAfter = Duration.seconds(30)

    package var drainDelay = Duration.zero
    package var drainTimeout = Duration.seconds(10)

    // MARK: Limits

    /// Receipts that are kept.
    package var ledgerMessages = 65_536

    package var maximumConnections = 4_096
    package var maximumConnectionsPerAddress: Int?
    package var headerBytes = 16 << 10
    package var idleTimeout = Duration.seconds(60)
    package var requestTimeout = Duration.seconds(30)
    package var maximumBodiesBytes = 64 << 20

    /// Requests that wait for something other than their round; beyond it 503.
    package var maximumWaiting = 1_000

    // MARK: Log

    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.auto

    package init(name: String) {
        self.name = name
    }
}

extension GatewayConfiguration {
    /// The configuration that file, environment and flags describe together.
    ///
    /// - Parameters:
    ///   - name: what the gateway is called unless it is set.
    ///   - arguments: the flags, without the name of program and command.
    /// - Throws: everything that is wrong, at once.
    package static func load(
        name: String, arguments: [String], environment: [String: String]
    ) throws(Faults) -> GatewayConfiguration {
        var configuration = GatewayConfiguration(name: name)
        var faults = GatewaySettings.table.load(into: &configuration, arguments: arguments, environment: environment)
        // A topic that is faulty is not missing, and a file that could not be read may have one.
        let mayHaveTopics =
            arguments.contains { $0.hasPrefix("--topic") || $0.hasPrefix("--config") }
            || ["HEADCAST_TOPIC", "HEADCAST_CONFIG"].contains { environment[$0]?.isEmpty == false }
        if configuration.topics.isEmpty, faults.isEmpty || !mayHaveTopics {
            faults.append(Fault("no topic is set; give at least one, like --topic orders=dns://NAME:PORT"))
        }
        guard faults.isEmpty else { throw Faults(faults) }
        return configuration
    }
}
