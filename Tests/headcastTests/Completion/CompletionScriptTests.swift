import ArgumentParser
import Gateway
import Recording
import Service
import Testing

@testable import headcast

struct CompletionScriptTests {
    private let flags = Set(GatewaySettings.table.settings.map { "--\($0.flag)" } + ["--config"])
    private let recorderFlags = Set(RecorderSettings.table.settings.map { "--\($0.flag)" } + ["--config"])

    @Test(arguments: CompletionShell.allCases)
    func `every command and every setting is in the script`(shell: CompletionShell) throws {
        let script = CompletionScript.text(for: shell)
        for command in HeadcastCommand.configuration.subcommands {
            #expect(script.contains(try #require(command.configuration.commandName)))
        }
        // fish names flags without their dashes.
        for flag in flags.union(recorderFlags) {
            #expect(script.contains(shell == .fish ? "'\(flag.dropFirst(2))'" : flag), "\(flag)")
        }
    }

    @Test(arguments: ["gateway": ["--check"], "doctor": ["--no-probe"], "recorder": ["--check"]])
    func `the script names all settings and none that does not exist`(command: String, others: [String]) throws {
        let script = CompletionScript.text(for: .bash)
        let start = try #require(script.firstRange(of: "_headcast_\(command)() {"))
        let function = script[start.upperBound...].prefix { $0 != "}" }
        let named = Set(function.matches(of: #/--[a-z-]+/#).map { String($0.output) })
        let settings = command == "recorder" ? recorderFlags : flags
        #expect(named.subtracting(["--help", "--version"]) == settings.union(others), "\(named)")
    }

    @Test func `only the request for a script is taken for one`() throws {
        #expect(try CompletionScript.requested(by: ["headcast", "--generate-completion-script", "zsh"]) != nil)
        #expect(try CompletionScript.requested(by: ["headcast", "--generate-completion-script"]) == nil)
        let misplaced = ["headcast", "publish", "--generate-completion-script", "zsh"]
        #expect(try CompletionScript.requested(by: misplaced) == nil)
    }

    @Test func `a shell that there is no script for is refused with those there are`() {
        let error = #expect(throws: ValidationError.self) {
            try CompletionScript.requested(by: ["headcast", "--generate-completion-script", "tcsh"])
        }
        #expect(error?.message == #"--generate-completion-script is "tcsh"; expected bash, fish or zsh"#)
    }
}
