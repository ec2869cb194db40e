import Gateway
import Recording
import Service

/// The variables of the environment that some command reads, which all begin alike.
enum KnownVariables {
    private static let prefix = "HEADCAST_"
    /// Those that are no setting of a server.
    private static let others = ["HEADCAST_CONFIG", "HEADCAST_GATEWAY"]
    private static let names = Set(
        GatewaySettings.table.settings.map(\.environment) + RecorderSettings.table.settings.map(\.environment) + others)

    /// `environment` without the settings that only the other server has: a gateway and a recorder may share one.
    static func environment<Configuration>(
        _ environment: [String: String], of table: SettingTable<Configuration>
    ) -> [String: String] {
        let foreign = names.subtracting(table.settings.map(\.environment) + others)
        return environment.filter { !foreign.contains($0.key) }
    }

    /// The variables that no command knows, each with the one that was most likely meant.
    ///
    /// For the commands that read one or none, and so would not notice; servers refuse them.
    static func faults(in environment: [String: String]) -> [Fault] {
        let known = names.sorted()
        return environment.keys.sorted().filter { name in
            name.hasPrefix(prefix) && environment[name] != "" && !names.contains(name) && !isServiceVariable(name)
                && !CommandEnvironment.isVariable(name)
        }
        .map { Origin(subject: $0).unknown(among: known, prefix: prefix) }
    }
}
