import ArgumentParser
import Gateway

extension ParsableCommand {
    /// The settings of a gateway, as flags, the environment and the file that these name describe them.
    ///
    /// Throws the help or the version instead where `arguments` ask for that, and all faults together otherwise.
    func gatewayConfiguration(from arguments: [String]) throws -> GatewayConfiguration {
        guard arguments.allSatisfy({ $0 != "--help" && $0 != "-h" }) else { throw CleanExit.helpRequest(self) }
        guard !arguments.contains("--version") else { throw CleanExit.message(HeadcastCommand.version) }
        let environment = Surroundings.environment
        return try GatewayConfiguration.load(
            name: Surroundings.hostName(in: environment), arguments: arguments, environment: environment)
    }
}
