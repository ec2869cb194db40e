import ArgumentParser
import Service

/// The option of a command that talks to one gateway.
struct GatewayOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gateway: http://HOST:PORT, https://HOST or HOST:PORT. "
                + "(default: HEADCAST_GATEWAY, else \(GatewayAddress.standard.text))",
            valueName: "url"),
        transform: { text in try FlagValue.read(text, GatewayAddress.serverURL) }
    )
    var gateway: String?

    /// The URL given, or that of the environment.
    func url(in environment: [String: String]) throws -> String {
        try gateway ?? GivenGateway.variable(in: environment, GatewayAddress.serverURL) ?? GatewayAddress.standard.text
    }
}

/// The option of a command that talks to all replicas of a gateway, too.
struct ReplicasOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gateway: http://HOST:PORT, https://HOST or HOST:PORT; dns://NAME:PORT for all behind a name. "
                + "(default: HEADCAST_GATEWAY, else \(GatewayAddress.standard.text))",
            valueName: "url"),
        transform: { text in try FlagValue.read(text, GatewayAddress.init) }
    )
    var gateway: GatewayAddress?

    /// The address given, or that of the environment.
    func address(in environment: [String: String]) throws -> GatewayAddress {
        try gateway ?? GivenGateway.variable(in: environment, GatewayAddress.init) ?? .standard
    }
}

/// The gateway that the environment names, for both.
private enum GivenGateway {
    /// Nil where the variable is not set.
    static func variable<Value>(
        in environment: [String: String], _ read: (String) throws(Expected) -> Value
    ) throws -> Value? {
        guard let text = environment["HEADCAST_GATEWAY"], !text.isEmpty else { return nil }
        do throws(Expected) {
            return try read(text)
        } catch {
            throw ValidationError("HEADCAST_GATEWAY is \(text.quoted); expected \(error.text)")
        }
    }
}
