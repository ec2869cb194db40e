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

        /// What went wrong; nil for status 0.
        var failure: String? {
            switch self {
            case .exited(0): nil
            case .exited(let status): "exit status \(status)"
            case .killed(let signal): "ended by signal \(signal)"
            case .unstarted(let code): "cannot start /bin/sh: \(ErrorNumber(code))"
            }
        }
    }

    var text: String
    var environment: [String: String]

    /// Runs it with `input` as standard input, and waits for its end. It need not read.
    ///
    /// SIGPIPE must be ignored by the program. Blocks the thread.
    func run(input: ArraySlice<UInt8>) -> Ending {
        var ends: [Int32] = [-1, -1]
        guard linux_pipe(&ends) == 0 else { return .unstarted(errno) }
        let started = start(standardInput: ends[0])
        close(ends[0])
        defer { if started.status != 0 { close(ends[1]) } }
        guard started.status == 0 else { return .unstarted(started.status) }
        write(input, to: ends[1])
        close(ends[1])
        var status: Int32 = 0
        while waitpid(started.pid, &status, 0) < 0 {
            let code = errno
            guard code == EINTR else { return .unstarted(code) }
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    }

    private func start(standardInput: Int32) -> (pid: pid_t, status: Int32) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
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

    /// Writes all of it, or as much as is taken.
    private func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            let code = errno
            if count >= 0 { rest = rest.dropFirst(count) } else if code != EINTR { return }
        }
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
