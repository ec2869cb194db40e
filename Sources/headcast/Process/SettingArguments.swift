import ArgumentParser
import Gateway
import Service

extension ParsableCommand {
    /// The settings of a gateway, as flags, the environment and the file that these name describe them, and which of
    /// `switches`, flags without a value, are given.
    func gatewayConfiguration(
        from arguments: [String], switches: [String]
    ) throws -> (configuration: GatewayConfiguration, given: Set<String>) {
        try configuration(of: GatewaySettings.table, from: arguments, switches: switches) {
            (arguments, environment) throws(Faults) in
            try .load(
                name: Surroundings.hostName(in: environment), arguments: arguments, environment: environment)
        }
    }

    /// The settings of `table`, and which of `switches` are given.
    ///
    /// Throws the help or the version instead where `arguments` ask for that, and all faults together otherwise.
    ///
    /// - Parameter load: makes them from what is left of the arguments, and the environment.
    func configuration<Configuration>(
        of table: SettingTable<Configuration>, from arguments: [String], switches: [String],
        load: (_ arguments: [String], _ environment: [String: String]) throws(Faults) -> Configuration
    ) throws -> (configuration: Configuration, given: Set<String>) {
        guard arguments.allSatisfy({ $0 != "--help" && $0 != "-h" }) else { throw CleanExit.helpRequest(self) }
        guard !arguments.contains("--version") else { throw CleanExit.message(HeadcastCommand.version) }
        let settings = table.settings.map { "--\($0.flag)" } + ["--config"]
        let reader = SwitchReader(arguments, known: switches, settings: settings)
        do throws(Faults) {
            let environment = KnownVariables.environment(Surroundings.environment, of: table)
            let configuration = try load(reader.rest, environment)
            guard reader.faults.isEmpty else { throw Faults([]) }
            return (configuration, reader.given)
        } catch {
            throw Faults(error.faults + reader.faults)
        }
    }
}
