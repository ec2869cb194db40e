import ArgumentParser
import Service

/// The command that a command line asks for.
enum CommandName {
    static let known = HeadcastCommand.configuration.subcommands.compactMap { $0.configuration.commandName }

    /// What is wrong with the name of the command in `arguments`, which begin with the program's; nil if nothing is.
    static func fault(in arguments: [String]) -> String? {
        let isHelp = given(in: arguments) == "help"
        guard let name = given(in: isHelp ? Array(arguments.dropFirst()) : arguments), !known.contains(name),
            isHelp || name != "help"
        else { return nil }
        let hint = nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
        return "unknown command \(name.quoted)" + hint
    }

    /// What shows the help of the command that `arguments` ask for.
    static func help(on arguments: [String]) -> String {
        guard let name = given(in: arguments), known.contains(name) else { return "headcast --help" }
        return "headcast \(name) --help"
    }

    private static func given(in arguments: [String]) -> String? {
        arguments.dropFirst().first.flatMap { $0.hasPrefix("-") ? nil : $0 }
    }
}
