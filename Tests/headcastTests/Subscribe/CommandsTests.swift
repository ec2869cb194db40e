import Foundation
import Testing

@testable import Headcast
@testable import headcast

struct CommandsTests {
    /// A folder that is gone after the test, and what commands wrote into its files.
    private final class Folder {
        let path = NSTemporaryDirectory() + "commands-" + UUID().uuidString

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func text(_ name: String) -> String? {
            FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func commands(_ text: String, in folder: Folder, parallel: Int = 1) -> Commands {
        let environment = [
            "PATH": "/usr/bin:/bin", "FOLDER": folder.path, "HEADCAST_ATTRIBUTE_OLD": "x", "HEADCAST_ID": "old",
            "HEADCAST_ATTRIBUTES": "{}",
        ]
        return Commands(text, parallel: parallel, environment: environment)
    }

    @Test func `a command is given the payload and what else is known`() async throws {
        let folder = try Folder()
        let commands = commands(#"cat > "$FOLDER/input"; env > "$FOLDER/env""#, in: folder)
        let payload = String(repeating: "0123456789", count: 20_000)
        await commands.run(for: .enveloped(payload: payload))
        await commands.finish()
        #expect(folder.text("input") == payload)
        let variables = Set(try #require(folder.text("env")).split(separator: "\n").map(String.init))
        #expect(
            variables.isSuperset(of: [
                "HEADCAST_ID=01a206a6-cacb-7fe6-aa46-003b0b0bfdb7", "HEADCAST_TOPIC=orders", "HEADCAST_SEQUENCE=3",
                "HEADCAST_EPOCH=1795400000000", "HEADCAST_PUBLISHED_AT=1970-01-01T00:00:01.000Z",
                "HEADCAST_ATTRIBUTE_CONTENT_TYPE=text/plain", "HEADCAST_ATTRIBUTE_X_Y_Z=1",
            ]))
        #expect(!variables.contains("HEADCAST_ATTRIBUTE_OLD=x") && !variables.contains("HEADCAST_ATTRIBUTES={}"))
        #expect(commands.counts == (1, 0))
    }

    @Test func `a raw message tells nothing besides its payload`() {
        #expect(CommandEnvironment.variables(of: .raw([1])).isEmpty)
    }

    @Test func `a value with a zero byte is left out`() {
        let variables = CommandEnvironment.variables(of: .enveloped(attributes: [("a", "x\0y"), ("b", "z")]))
        #expect(variables["HEADCAST_ATTRIBUTE_A"] == nil && variables["HEADCAST_ATTRIBUTE_B"] == "z")
        #expect(variables["HEADCAST_ATTRIBUTES"] == #"{"a":"x\u0000y","b":"z"}"#)
    }

    @Test func `attributes whose variables would be the same are all told as JSON`() {
        let variables = CommandEnvironment.variables(of: .enveloped(attributes: [("a-b", "1"), ("a.b", "2")]))
        #expect(variables["HEADCAST_ATTRIBUTE_A_B"] == "1")
        #expect(variables["HEADCAST_ATTRIBUTES"] == #"{"a-b":"1","a.b":"2"}"#)
        #expect(CommandEnvironment.variables(of: .enveloped(attributes: []))["HEADCAST_ATTRIBUTES"] == "{}")
    }

    @Test func `attributes that no variable holds do not keep the command from running`() async throws {
        let folder = try Folder()
        let commands = commands(#"env > "$FOLDER/env""#, in: folder)
        // Each control character is six of JSON.
        let value = String(repeating: "\u{1}", count: 30_000)
        await commands.run(for: .enveloped(attributes: [("a", value), ("b", "1")]))
        await commands.finish()
        let variables = try #require(folder.text("env")).split(separator: "\n")
        #expect(variables.contains("HEADCAST_ATTRIBUTE_A=\(value)") && variables.contains("HEADCAST_ATTRIBUTE_B=1"))
        #expect(!variables.contains { $0.hasPrefix("HEADCAST_ATTRIBUTES=") })
        #expect(commands.counts == (1, 0))
    }

    @Test func `one after the other, in order`() async throws {
        let folder = try Folder()
        let commands = commands(#"cat >> "$FOLDER/all""#, in: folder)
        for text in ["a", "b", "c", "d"] { await commands.run(for: .raw(Array(text.utf8))) }
        await commands.finish()
        #expect(folder.text("all") == "abcd")
    }

    @Test(arguments: [1, 3])
    func `so many run at a time and no more`(parallel: Int) async throws {
        let folder = try Folder()
        // Each waits until as many as may run together have begun, and notes how many have not ended.
        let text = """
            echo >> "$FOLDER/begun"
            while [ "$(wc -l < "$FOLDER/begun")" -lt \(parallel) ]; do sleep 0.01; done
            begun=$(wc -l < "$FOLDER/begun"); ended=$(cat "$FOLDER/ended" 2> /dev/null | wc -l)
            echo $((begun - ended)) >> "$FOLDER/running"
            echo >> "$FOLDER/ended"
            """
        let commands = commands(text, in: folder, parallel: parallel)
        for _ in 0..<9 { await commands.run(for: .raw([])) }
        await commands.finish()
        let running = try #require(folder.text("running")).split(separator: "\n").compactMap { Int($0) }
        #expect(running.count == 9)
        #expect(running.max() ?? 0 <= parallel)
    }

    @Test func `failures are counted, and what does not read is none`() async throws {
        let folder = try Folder()
        let commands = commands(#"read line < /dev/stdin; test "$line" != bad"#, in: folder)
        for text in ["good\n", "bad\n", "good\n"] { await commands.run(for: .raw(Array(text.utf8))) }
        await commands.finish()
        #expect(commands.counts == (3, 1))
        signal(SIGPIPE, SIG_IGN)
        let idle = ShellCommand(text: "exec < /dev/null; sleep 0", environment: [:])
        #expect(idle.run(input: [UInt8](repeating: 0, count: 1 << 20)[...]) == .exited(0))
    }

    @Test func `how a command ended is told`() {
        let run = { (text: String) in ShellCommand(text: text, environment: [:]).run(input: []) }
        #expect(run("exit 3") == .exited(3))
        #expect(run("kill -TERM $$") == .killed(signal: 15))
        #expect(ShellCommand.Ending.exited(3).failure == "exit status 3")
        #expect(ShellCommand.Ending.killed(signal: 15).failure == "ended by signal 15")
        #expect(ShellCommand.Ending.exited(0).failure == nil)
    }

    @Test func `what a command prints may be kept, however it reads and writes`() {
        signal(SIGPIPE, SIG_IGN)
        let input = [UInt8](repeating: 7, count: 3 << 20)
        func run(_ text: String, upTo limit: Int = 4 << 20) -> (ShellCommand.Ending, [UInt8]) {
            ShellCommand(text: text, environment: ["PATH": "/usr/bin:/bin"]).run(input: input[...], keepingUpTo: limit)
        }
        #expect(run("cat") == (.exited(0), input))
        #expect(run("printf 'a\\0b'; exit 3") == (.exited(3), [97, 0, 98]))
        #expect(run("exec >&-; cat > /dev/null") == (.exited(0), []))
        #expect(run("exec <&-; echo x") == (.exited(0), [120, 10]))
        #expect(run("printf 1234567890; cat > /dev/null", upTo: 10) == (.exited(0), Array("1234567890".utf8)))
        #expect(run("cat", upTo: input.count - 1) == (.printedTooMuch(limit: input.count - 1), []))
        #expect(run("yes", upTo: 10).0 == .printedTooMuch(limit: 10))
        #expect(ShellCommand.Ending.printedTooMuch(limit: 10).failure == "printed more than 10 bytes")
    }
}
