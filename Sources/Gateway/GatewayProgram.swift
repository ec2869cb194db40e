/// The gateway as a program.
package enum GatewayProgram {
    package static func run(_ configuration: GatewayConfiguration) async throws {
        print(configuration)
    }
}
