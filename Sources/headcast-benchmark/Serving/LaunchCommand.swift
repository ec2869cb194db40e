import CBaseline
import Glibc

/// What a child does first: sees to it that it ends with this program, and becomes what it is to be.
enum LaunchCommand {
    static let name = "launch"

    /// - Parameter arguments: the parent's process id, the path of a program, its arguments.
    static func run(_ arguments: ArraySlice<String>) -> Never {
        guard let parent = arguments.first.flatMap({ Int32($0) }), let program = arguments.dropFirst().first else {
            exit(64)
        }
        // Whoever started this program may ignore or block the signal that ends a child.
        signal(SIGTERM, SIG_DFL)
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        baseline_end_with_parent(SIGTERM, parent)
        var strings = arguments.dropFirst().map { strdup($0) } + [nil]
        execv(program, &strings)
        StandardError.print("cannot start \(program): \(String(cString: strerror(errno)))")
        exit(1)
    }
}
