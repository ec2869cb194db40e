import ArgumentParser
import Requesting
import Service

/// The program: its commands, and how it ends.
@main
struct HeadcastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headcast",
        abstract: "Publish over HTTP, sent by UDP to every pod behind a headless service.",
        discussion: """
            Errors go to standard error. Exit status: 0 after a stop by SIGINT, SIGTERM or SIGHUP, \
            1 when something failed while running, 64 when flags or settings are wrong.
            """,
        version: version,
        subcommands: [
            GatewayCommand.self, RecorderCommand.self, DoctorCommand.self, PublishCommand.self, StatusCommand.self,
            SubscribeCommand.self, DemoCommand.self,
        ]
    )

    static let version = Release.version

    static func main() async {
        do {
            if let fault = ArgumentBytes.fault(in: ArgumentBytes.all) { throw ValidationError(fault) }
            if let script = try CompletionScript.requested(by: CommandLine.arguments) {
                return try StandardOutput.write(Array("\(script)\n".utf8))
            }
            if let fault = CommandName.fault(in: CommandLine.arguments) { throw ValidationError(fault) }
            let command = try parseAsRoot(NegativeValues.joined(Array(CommandLine.arguments.dropFirst())))
            warn(whoeverRuns: command)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Tells of variables that nobody reads; the commands of settings refuse those.
    private static func warn(whoeverRuns command: any ParsableCommand) {
        guard command is PublishCommand || command is StatusCommand || command is SubscribeCommand else { return }
        let faults = KnownVariables.faults(in: Surroundings.environment)
        if !faults.isEmpty { StandardError.print(faults.map(\.description)) }
    }

    /// Prints what went wrong in the program's own form and exits; a request for help is not wrong.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        switch error {
        case let error as Faults:
            StandardError.print(error.faults.map(\.description))
            exit(withError: ExitCode.validationFailure)
        case let failure as ProgramFailure:
            StandardError.print([failure.description] + (failure.hint.map { [$0] } ?? []))
            exit(withError: ExitCode.failure)
        case _ where code == .validationFailure:
            let text = FlagSuggestion.plausible(message(for: error)).beginningLowerCase
            let help = "try \(CommandName.help(on: CommandLine.arguments))"
            StandardError.print(text.split(separator: "\n").map(String.init) + [help])
            exit(withError: code)
        case _ where code == .success || error is ExitCode:
            exit(withError: error)
        default:
            StandardError.print(["\(error)"])
            exit(withError: ExitCode.failure)
        }
    }
}
