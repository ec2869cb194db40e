import Foundation
import Glibc
import Synchronization
import Testing

/// A program running as a process of its own, its output kept in files.
///
/// Ends with the `Stage` it was started on. Only this type waits for the process, so the pid stays its own until then.
final class Program: Sendable {
    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let name: String
    let pid: pid_t
    let standardOutput: String
    let standardError: String

    private struct State {
        var ending: Ending?
        var mayEnd = false
    }
    private let state = Mutex(State())

    /// Starts `command`, its first element the path of the executable, with standard input at its end.
    init(_ command: [String], environment: [String: String], directory: String, name: String) throws {
        self.name = name
        standardOutput = "\(directory)/\(name).out"
        standardError = "\(directory)/\(name).err"
        pid = try spawn(command, environment: environment, output: standardOutput, error: standardError)
        Leash.hold("pid-\(pid)", "kill -KILL \(pid)")
    }

    /// How it ended; nil while it runs.
    var ending: Ending? {
        state.withLock { state in
            if state.ending == nil { state.ending = reap(waiting: false) }
            return state.ending
        }
    }

    /// True once the test has done something that may end the program.
    var mayEnd: Bool { state.withLock { $0.mayEnd } }

    var output: String { text(of: standardOutput) }
    var errors: String { text(of: standardError) }
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Sends a signal to a program that still runs.
    func signal(_ signal: Int32) {
        guard ending == nil else { return }
        state.withLock { $0.mayEnd = true }
        Glibc.kill(pid, signal)
    }

    /// Waits until it has ended by itself or through an earlier signal.
    func end(within limit: Duration = .seconds(20)) async throws -> Ending {
        state.withLock { $0.mayEnd = true }
        return try await eventually("\(name) ends", within: limit, or: { self.account }) { self.ending }
    }

    /// Ends it at once, whatever it is doing.
    func kill() {
        state.withLock { state in
            state.mayEnd = true
            guard state.ending == nil else { return }
            Glibc.kill(pid, SIGKILL)
            state.ending = reap(waiting: true)
        }
    }

    /// What it said, for the message of a failure.
    var account: String {
        let ended = ending.map { "\($0)" } ?? "running"
        return "\(name) (\(ended))\nstdout: \(output.suffix(1_500))\nstderr: \(errors.suffix(3_000))"
    }

    private func reap(waiting: Bool) -> Ending? {
        var status: Int32 = 0
        guard waitpid(pid, &status, waiting ? 0 : WNOHANG) == pid else { return nil }
        Leash.release("pid-\(pid)")
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    }

    private func text(of path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

struct SpawnFailure: Error, CustomStringConvertible {
    let command: [String]
    let number: Int32

    var description: String { "cannot start \(command.joined(separator: " ")): \(String(cString: strerror(number)))" }
}

/// Starts a process with clean signal handling, appending its output to two files.
private func spawn(_ command: [String], environment: [String: String], output: String, error: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let variables = ProcessInfo.processInfo.environment
        .filter { !$0.key.hasPrefix("HEADCAST_") }
        .merging(environment) { $1 }
        .map { "\($0)=\($1)" }
    var pid: pid_t = 0
    let result = withCStrings(command) { arguments in
        withCStrings(variables) { posix_spawn(&pid, command[0], &actions, &attributes, arguments, $0) }
    }
    guard result == 0 else { throw SpawnFailure(command: command, number: result) }
    return pid
}
