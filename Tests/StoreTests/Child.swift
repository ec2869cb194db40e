import Glibc
import Synchronization

/// A process of a test; it has the standard streams and no other descriptor of this one.
///
/// Not Foundation's Process: what it starts keeps a socket of its, so that a server that goes on in the background
/// is waited for without end.
struct Child {
    struct Failure: Error { let text: String }

    private let input: Int32
    private let output: Int32
    private let pid: pid_t

    init(_ command: [String]) throws {
        self = try Self.making.withLock { _ in try Child(making: command) }
    }

    private init(making command: [String]) throws {
        let (childInput, input) = try Self.pipe()
        let (output, childOutput) = try Self.pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, childInput, 0)
        posix_spawn_file_actions_adddup2(&actions, childOutput, 1)
        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, command[0], &actions, nil, &arguments, environ) == 0 else {
            throw Failure(text: "cannot start \(command)")
        }
        (self.input, self.output, self.pid) = (input, output, pid)
    }

    /// Runs `command` to its end; gives what it wrote, and throws unless it succeeds.
    @discardableResult
    static func run(_ command: [String]) throws -> String {
        let (status, output) = try Child(command).end()
        guard status == 0 else { throw Failure(text: "\(command) ended with \(status): \(output)") }
        return output
    }

    /// Ends its input and waits for its end; gives its status and what it still wrote.
    @discardableResult
    func end() -> (status: Int32, output: String) {
        close(input)
        defer { close(output) }
        var text: [UInt8] = []
        while let part = read() { text += part }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return (status, String(decoding: text, as: UTF8.self))
    }

    /// What it writes next; nil at the end.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(output, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(bytes[..<count]) : nil
        }
    }

    /// One at a time makes pipes and children, so that no other child has the ends before they are marked.
    private static let making = Mutex(())

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw Failure(text: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
