import Dispatch
import Foundation
import Glibc
import Synchronization

/// A network of its own for one closure, so that routes and links may be as bad as a test wants them.
enum NetworkNamespace {
    /// Needs root, and ip(8).
    static let isAvailable = geteuid() == 0 && access(folder + "ip", X_OK) == 0 && canLeave

    /// Where ip(8) and tc(8) are.
    private static let folder = "/usr/sbin/"

    /// Runs `body` on a thread in a new namespace in which `commands`, of ip(8) or tc(8), were run.
    static func run<Result: Sendable>(
        _ commands: [String], _ body: @escaping @Sendable () throws -> Result
    ) throws -> Result {
        try onThread {
            guard leave() else { throw Unavailable() }
            for command in ["ip link set lo up"] + commands { try call(command) }
            return try body()
        }
    }

    struct Unavailable: Error {}
    struct CommandFailed: Error { let command: String }

    private static let canLeave = (try? onThread { leave() }) ?? false

    /// Takes the calling thread into a new network namespace (unshare(2), CLONE_NEWNET), which Swift's Glibc hides.
    private static func leave() -> Bool {
        guard let symbol = dlsym(nil, "unshare") else { return false }
        let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
        return unshare(0x4000_0000) == 0
    }

    private static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
        let box = Box<Result>()
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            box.result.withLock { $0 = Swift.Result { try body() } }
            isDone.signal()
        }
        isDone.wait()
        guard let result = box.result.withLock({ $0 }) else { throw Unavailable() }
        return try result.get()
    }

    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Swift.Result<Value, any Error>?>(nil)
    }

    /// A child is in the namespace of the thread that makes it.
    private static func call(_ command: String) throws {
        var arguments = command.split(separator: " ").map { strdup(String($0)) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let program = folder + command.prefix { $0 != " " }
        guard posix_spawn(&child, program, nil, nil, &arguments, environ) == 0 else {
            throw CommandFailed(command: command)
        }
        var status: Int32 = 0
        guard waitpid(child, &status, 0) == child, status == 0 else { throw CommandFailed(command: command) }
    }
}
