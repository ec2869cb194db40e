import ArgumentParser
import Logging
import Service

/// The flags of the gateway's settings, declared once more for completion scripts alone.
///
/// The table of settings reads them, ArgumentParser never does; a test holds the two against each other.
struct SettingFlags: ParsableArguments {
    @OptionGroup var server: ServerSettingFlags
    @Option var topic: [String] = []
    @Option var sendFrom: String?
    @Option var resolver: String?
    @Option var readyAfter: String?
    @Option var ledgerMessages: String?
    @Option var maximumWaiting: String?
}

/// The same of the recorder's.
struct RecorderSettingFlags: ParsableArguments {
    @OptionGroup var server: ServerSettingFlags
    @Option var store: String?
    @Option var retainFor: String?
    @Option var retainRecords: String?
    @Option var maximumPayloadBytes: String?
    @Option var maximumWaitingResponses: String?
    @Option var maximumWaitingBytes: String?
    @Option var maximumGroupResponses: String?
}

/// What both have.
struct ServerSettingFlags: ParsableArguments {
    @Option(help: "A YAML file of settings.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Option var listen: String?
    @Option var name: String?
    @Option var drainDelay: String?
    @Option var drainTimeout: String?
    @Option var maximumConnections: String?
    @Option var maximumConnectionsPerAddress: String?
    @Option var headerBytes: String?
    @Option var idleTimeout: String?
    @Option var requestTimeout: String?
    @Option var maximumBodiesBytes: String?
    @Option(completion: .list(Logger.Level.allCases.map(\.rawValue)))
    var logLevel: String?
    @Option(completion: .list(LogFormat.allCases.map(\.rawValue)))
    var logFormat: String?
}
