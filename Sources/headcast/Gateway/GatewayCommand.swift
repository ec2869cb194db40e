import ArgumentParser
import Gateway
import Glibc
import Logging
import MicroHTTP
import Service

/// `headcast gateway`: takes messages over HTTP and sends them to every subscriber.
///
/// Flags are read by the table that also reads file and environment, so that the three cannot differ and everything
/// that is wrong is reported together.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Take messages over HTTP and send them to every pod of a headless service.",
        usage: "headcast gateway [--check] [--config FILE] --topic NAME=URL ... [--SETTING VALUE ...]",
        discussion: GatewayHelp.text
    )

    @Argument(parsing: .captureForPassthrough, help: .hidden)
    var settings: [String] = []

    func run() async throws {
        let (configuration, given) = try gatewayConfiguration(from: settings, switches: [Self.check])
        guard !given.contains(Self.check) else {
            let lines = SettingsPage(configuration: configuration).lines
            return try StandardOutput.write(Array((lines.joined(separator: "\n") + "\n").utf8))
        }
        LoggingSystem.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
        // A client that leaves while it is being answered is no reason to end.
        signal(SIGPIPE, SIG_IGN)
        let signals = try StopSignals()
        let gateway = try loop(configuration)
        try withExtendedLifetime(signals) { try gateway.run(until: signals.descriptor) }
    }

    private static let check = "--check"

    private func loop(_ configuration: GatewayConfiguration) throws -> GatewayLoop {
        do {
            return try GatewayLoop(configuration, logger: Logger(label: "headcast.gateway"))
        } catch let error as HTTPServerError {
            guard case .cannotListen = error else { throw error }
            throw ProgramFailure("\(error)", hint: "--listen takes another address")
        }
    }
}
