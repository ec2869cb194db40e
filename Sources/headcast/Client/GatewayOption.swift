import ArgumentParser
import Service

/// The option that all commands have which talk to a gateway.
struct GatewayOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gateway: http://HOST:PORT, https://HOST or HOST:PORT. "
                + "(default: HEADCAST_GATEWAY, else \(GatewayAddress.standard.text))",
            valueName: "url"),
        transform: read
    )
    var gateway: GatewayAddress?

    /// The address given, or that of the environment.
    func address(in environment: [String: String]) throws -> GatewayAddress {
        if let gateway { return gateway }
        guard let text = environment["HEADCAST_GATEWAY"], !text.isEmpty else { return .standard }
        do throws(Expected) {
            return try GatewayAddress(text)
        } catch {
            throw ValidationError("HEADCAST_GATEWAY is \(text.quoted); expected \(error.text)")
        }
    }

    private static func read(_ text: String) throws -> GatewayAddress {
        do throws(Expected) {
            return try GatewayAddress(text)
        } catch {
            throw ValidationError("expected \(error.text)")
        }
    }
}
