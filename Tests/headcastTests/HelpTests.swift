import ArgumentParser
import Testing

@testable import headcast

struct HelpTests {
    private static let commands = CommandName.known

    /// What stands under EXAMPLES, on a terminal of 80 columns.
    private func examples(of command: String) throws -> [Substring] {
        let index = try #require(Self.commands.firstIndex(of: command))
        let type = HeadcastCommand.configuration.subcommands[index]
        let lines = HeadcastCommand.helpMessage(for: type, columns: 80).split(
            separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "EXAMPLES"))
        return lines[(start + 1)...].prefix { $0.first?.isUppercase != true }.filter { !$0.isEmpty }
    }

    @Test(arguments: commands)
    func `every command has examples, and each can be pasted`(command: String) throws {
        let examples = try examples(of: command)
        #expect(examples.contains { $0.hasPrefix("  headcast \(command)") || $0.contains("-- headcast \(command)") })
        for (line, next) in zip(examples, examples.dropFirst() + [""]) {
            // A line that was wrapped goes on without an indent, one that goes on by itself with a deeper one.
            #expect(line.hasPrefix("  "), "\(line)")
            #expect(line.hasSuffix("\\") == next.hasPrefix("    "), "\(line)")
        }
    }
}
