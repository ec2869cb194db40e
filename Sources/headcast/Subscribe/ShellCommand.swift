import CLinux
import ErrorNumbers
import Glibc

/// One run of `/bin/sh -c`.
struct ShellCommand {
    enum Ending: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        /// It could not be started: an errno.
        case unstarted(Int32)
        /// It printed more bytes than are kept, and was left alone with the rest.
        case printedTooMuch(limit: Int)

        /// What went wrong; nil for status 0.
        var failure: String? {
            switch self {
            case .exited(0): nil
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "ended by signal \(signal)"
            case .unstarted(let code): "cannot start /bin/sh: \(ErrorNumber(code))"
            case .printedTooMuch(let limit): "printed more than \(limit) bytes"
            }
        }
    }

    var text: String
    var environment: [String: String]

    /// Runs it with `input` as standard input, and waits for its end. It need not read.
    ///
    /// SIGPIPE must be ignored by the program. Blocks the thread.
    func run(input: ArraySlice<UInt8>) -> Ending {
        run(input: input, keepingUpTo: nil).ending
    }

    /// Runs it likewise and keeps what it prints, until it and all that it started have closed their standard output.
    ///
    /// - Parameter limit: how many bytes it may print; nil leaves its standard output to be this program's.
    func run(input: ArraySlice<UInt8>, keepingUpTo limit: Int?) -> (ending: Ending, output: [UInt8]) {
        let pipes: CommandPipes
        do throws(CommandPipes.Failure) {
            pipes = try CommandPipes(hasOutput: limit != nil)
        } catch {
            return (.unstarted(error.code), [])
        }
        let (pid, code) = start(standardInput: pipes.input.read, standardOutput: pipes.output?.write)
        guard code == 0 else { return (.unstarted(code), []) }
        var output: [UInt8] = []
        let isComplete = pipes.exchange(input, keeping: &output, upTo: limit ?? 0)
        let ending = Self.wait(for: pid)
        return isComplete ? (ending, output) : (.printedTooMuch(limit: limit ?? 0), [])
    }

    private static func wait(for pid: pid_t) -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            let code = errno
            guard code == EINTR else { return .unstarted(code) }
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    }

    private func start(standardInput: CommandPipes.End, standardOutput: CommandPipes.End?) -> (
        pid: pid_t, status: Int32
    ) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, standardInput.descriptor, STDIN_FILENO)
        if let standardOutput {
            posix_spawn_file_actions_adddup2(&actions, standardOutput.descriptor, STDOUT_FILENO)
        }
        // What this program ignores, and what this thread blocks, is its own affair.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let status = withStrings(["/bin/sh", "-c", text]) { arguments in
            withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments, variables)
            }
        }
        return (pid, status)
    }
}

/// Lends `strings` as C has them: an array of pointers with a null at its end.
private func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
