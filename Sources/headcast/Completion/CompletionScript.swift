import ArgumentParser
import Service

/// What `--generate-completion-script SHELL` prints.
enum CompletionScript {
    private static let flag = "--generate-completion-script"

    /// The script that `arguments`, the program's name first, ask for; nil when they ask for something else.
    static func requested(by arguments: [String]) throws -> String? {
        guard arguments.count == 3, arguments[1] == flag else { return nil }
        guard let shell = CompletionShell(rawValue: arguments[2]) else {
            throw ValidationError("\(flag) is \(arguments[2].quoted); expected bash, fish or zsh")
        }
        return text(for: shell)
    }

    static func text(for shell: CompletionShell) -> String {
        Root.completionScript(for: shell)
    }

    /// The program as shells complete it: like ``HeadcastCommand``, with the flags of settings spelled out.
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "headcast",
            version: HeadcastCommand.version,
            subcommands: HeadcastCommand.configuration.subcommands.map { command in
                switch command {
                case is GatewayCommand.Type: Gateway.self
                case is RecorderCommand.Type: Recorder.self
                case is DoctorCommand.Type: Doctor.self
                default: command
                }
            }
        )
    }

    private struct Gateway: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gateway", abstract: GatewayCommand.configuration.abstract)

        @Flag(help: "Only check the settings and print the topics.") var check = false
        @OptionGroup var settings: SettingFlags
    }

    private struct Recorder: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "recorder", abstract: RecorderCommand.configuration.abstract)

        @Flag(help: "Only check the settings.") var check = false
        @OptionGroup var settings: RecorderSettingFlags
    }

    private struct Doctor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "doctor", abstract: DoctorCommand.configuration.abstract)

        @Flag(help: "Send nothing to the endpoints.") var noProbe = false
        @OptionGroup var settings: SettingFlags
    }
}
