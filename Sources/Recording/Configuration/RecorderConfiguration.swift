import Endpoints
import Logging
import Records
import Service

/// Everything that is set about a recorder. Libraries take it as a value; only the program reads files and environment.
package struct RecorderConfiguration: ServerConfiguration {
    package var listen = Endpoint(address: .loopback, port: 8_090)
    package var name: String

    /// Where records are kept.
    package var store: StoreLocation

    // MARK: Retention

    /// How long records are kept; nil for ever.
    package var retainFor: Duration?

    /// How many records are kept; nil for all.
    package var retainRecords: Int?

    /// From one look for what need not be kept any longer to the next.
    package var retentionInterval = Duration.seconds(10)

    // MARK: Lifecycle

    package var drainDelay = Duration.zero
    package var drainTimeout = Duration.seconds(10)

    /// How long a request waits for the store; then it is told that the store is away.
    package var patience = Duration.seconds(5)

    // MARK: Limits

    /// What a payload may have, in bytes.
    package var maximumPayloadBytes = 1 << 20

    /// Responses that are accepted and not answered; beyond it 503.
    package var maximumWaitingResponses = 16_384

    /// The memory of those, in bytes; beyond it 503.
    package var maximumWaitingBytes = 64 << 20

    /// Responses that are stored with one commit.
    package var maximumGroupResponses = 1_000

    /// The memory of those, in bytes; a single response may have more.
    package var maximumGroupBytes = 8 << 20

    /// Divergences at a time whose senders wait to learn from what they differ; beyond it they are told without.
    package var maximumExplanations = 4_096

    /// Exports at a time; each holds a page in memory.
    package var maximumExports = 4

    package var maximumConnections = 4_096
    package var maximumConnectionsPerAddress: Int?
    package var headerBytes = 16 << 10
    package var idleTimeout = Duration.seconds(60)
    package var requestTimeout = Duration.seconds(30)
    package var maximumBodiesBytes = 64 << 20

    // MARK: Log

    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.auto

    package init(name: String, store: StoreLocation) {
        self.name = name
        self.store = store
    }
}

extension RecorderConfiguration {
    /// The configuration that file, environment and flags describe together.
    ///
    /// - Parameters:
    ///   - name: what the recorder is called unless it is set.
    ///   - store: where records are kept unless it is set.
    ///   - arguments: the flags, without the name of program and command.
    /// - Throws: everything that is wrong, at once.
    package static func load(
        name: String, store: StoreLocation, arguments: [String], environment: [String: String]
    ) throws(Faults) -> RecorderConfiguration {
        var configuration = RecorderConfiguration(name: name, store: store)
        let faults = RecorderSettings.table.load(into: &configuration, arguments: arguments, environment: environment)
        guard faults.isEmpty else { throw Faults(faults) }
        return configuration
    }
}
