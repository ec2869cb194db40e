import ArgumentParser
import Gateway
import Service

extension ParsableCommand {
    /// The settings of a gateway, as flags, the environment and the file that these name describe them, and which of
    /// `switches`, flags without a value, are given.
    ///
    /// Throws the help or the version instead where `arguments` ask for that, and all faults together otherwise.
    func gatewayConfiguration(
        from arguments: [String], switches: [String]
    ) throws -> (configuration: GatewayConfiguration, given: Set<String>) {
        guard arguments.allSatisfy({ $0 != "--help" && $0 != "-h" }) else { throw CleanExit.helpRequest(self) }
        guard !arguments.contains("--version") else { throw CleanExit.message(HeadcastCommand.version) }
        let environment = Surroundings.environment
        let reader = SwitchReader(arguments, known: switches)
        do throws(Faults) {
            let configuration = try GatewayConfiguration.load(
                name: Surroundings.hostName(in: environment), arguments: reader.rest, environment: environment)
            guard reader.faults.isEmpty else { throw Faults([]) }
            return (configuration, reader.given)
        } catch {
            throw Faults(error.faults + reader.faults)
        }
    }
}
