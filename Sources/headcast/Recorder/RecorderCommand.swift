import ArgumentParser
import Glibc
import Logging
import MicroHTTP
import Recording
import Records
import Service

/// `headcast recorder`: takes what subscribers answer over HTTP and keeps it in a database.
struct RecorderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recorder",
        abstract: "Take responses of subscribers over HTTP and store each state once.",
        usage: "headcast recorder [--check] [--config FILE] [--store URL] [--SETTING VALUE ...]",
        discussion: RecorderHelp.text
    )

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var settings: [String] = []

    func run() async throws {
        let usual = UsualStore(in: Surroundings.environment)
        let (configuration, given) = try configuration(
            of: RecorderSettings.table, from: settings, switches: [Self.check]
        ) { (arguments, environment) throws(Faults) in
            try RecorderConfiguration.load(
                name: Surroundings.hostName(in: environment), store: usual.location, arguments: arguments,
                environment: environment)
        }
        guard !given.contains(Self.check) else {
            let line = """
                the settings are valid; a recorder would listen at \(configuration.listen) and keep records in \
                \(configuration.store.description.visible)

                """
            return try StandardOutput.write(Array(line.utf8))
        }
        LoggingSystem.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
        // A client that leaves while it is being answered is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let signals = try StopSignals()
        if configuration.store == usual.location { try usual.makeFolder() }
        try configuration.store.check()
        try withExtendedLifetime(signals) { try serve(configuration, until: signals.descriptor) }
    }

    private static let check = "--check"

    private func serve(_ configuration: RecorderConfiguration, until stop: Int32) throws {
        do {
            let logger = Logger(label: "headcast.recorder")
            try RecorderLoop(configuration, store: configuration.store.store, logger: logger).run(until: stop)
        } catch let error as HTTPServerError {
            guard case .cannotListen = error else { throw error }
            throw ProgramFailure("\(error)", hint: "--listen takes another address")
        } catch let error as RecorderError {
            guard case .unusableStore = error else { throw ProgramFailure("\(error)") }
            throw ProgramFailure("\(error)", hint: "--store takes another place")
        }
    }
}
