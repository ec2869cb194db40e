import CLinux
import Clocks
import Endpoints
import Glibc

/// A server that this program runs as a process of its own, and ends.
///
/// It tells on its output where it listens. Whatever becomes of this process, the kernel ends the child with it.
final class Child {
    let name: String
    /// Where it serves HTTP.
    private(set) var endpoint = Endpoint(address: .loopback, port: 0)

    let identifier: pid_t
    /// What it writes to standard output and standard error: never full, and gone with the last who has it open.
    private let output: Int32
    private var isEnded = false

    /// Starts `arguments`, the first of which is a program's path, and waits until it listens.
    ///
    /// - Parameter handed: what the child finds at ``handedDescriptor``.
    init(_ name: String, _ arguments: [String], handed: Handed = .nothing) throws {
        self.name = name
        output = linux_memfd("output")
        guard output >= 0 else { throw BenchmarkFailure("cannot make a file in memory", errno) }
        identifier = try Self.spawn(arguments, output: output, handed)
        endpoint = try awaitListening()
    }

    deinit {
        end()
        close(output)
    }

    /// What a child is given besides its arguments.
    enum Handed {
        case nothing
        /// A file with this text.
        case file(String)
        /// One of this process's descriptors, which stays open here.
        case descriptor(Int32)
    }

    static let handedDescriptor: Int32 = 3
    /// Where a child finds the file that it was given.
    static let filePath = "/dev/fd/\(handedDescriptor)"

    /// Lets it finish, at most for 5 s. Harmless when repeated.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        kill(identifier, SIGTERM)
        let deadline = Instant.now + .seconds(5)
        while waitpid(identifier, nil, WNOHANG) == 0 {
            if Instant.now > deadline { kill(identifier, SIGKILL) }
            usleep(2_000)
        }
    }

    /// Puts a load on it from the calling thread, and tells what both have used of processors.
    func timing(_ load: () throws -> LoadOutcome) rethrows -> LoadOutcome {
        let (server, thread) = (ProcessorTime.of(identifier), ProcessorTime.ofThread)
        var outcome = try load()
        outcome.serverTime = .nanoseconds(ProcessorTime.of(identifier) - server)
        outcome.loadTime = .nanoseconds(ProcessorTime.ofThread - thread)
        return outcome
    }

    /// Resident memory, in bytes; nil once it has ended.
    var residentBytes: Int? { memory("VmRSS:") }

    /// The most that was resident at any time, in bytes; nil once it has ended.
    var peakBytes: Int? { memory("VmHWM:") }

    private func memory(_ field: String) -> Int? {
        guard let text = ProcText.read("/proc/\(identifier)/status") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    private static func spawn(_ arguments: [String], output: Int32, _ handed: Handed) throws -> pid_t {
        let program = "/proc/self/exe"
        let all = [program, LaunchCommand.name, "\(getpid())"] + arguments
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var held: Int32 = -1
        defer { if held >= 0 { close(held) } }
        switch handed {
        case .nothing: break
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, handedDescriptor)
        case .file(let text):
            held = linux_memfd("settings")
            let bytes = Array(text.utf8)
            guard held >= 0, write(held, bytes, bytes.count) == bytes.count else {
                throw BenchmarkFailure("cannot make a file in memory", errno)
            }
            posix_spawn_file_actions_adddup2(&actions, held, handedDescriptor)
        }
        var strings = all.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, program, &actions, nil, &strings, environ)
        guard code == 0 else { throw BenchmarkFailure("cannot start \(arguments[0])", code) }
        return identifier
    }

    private func awaitListening() throws -> Endpoint {
        let deadline = Instant.now + .seconds(10)
        while Instant.now < deadline {
            let text = written
            if let endpoint = ListeningLine.endpoint(in: text) { return endpoint }
            if waitpid(identifier, nil, WNOHANG) != 0 {
                isEnded = true
                let last = text.split(separator: "\n").last.map { ": \($0)" } ?? ""
                throw BenchmarkFailure("the \(name) ended at once\(last)")
            }
            usleep(2_000)
        }
        end()
        throw BenchmarkFailure("the \(name) does not listen after 10 s")
    }

    private var written: String {
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = pread(output, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
