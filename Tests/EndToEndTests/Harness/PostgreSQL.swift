import Foundation
import Glibc
import Testing

/// A server of PostgreSQL on a port of loopback, its database in a folder of the stage.
struct PostgreSQL: Sendable {
    enum Stop: CaseIterable, Sendable {
        /// Clients are cut off, and everything is written.
        case fast
        /// Nothing is written, as if the machine had crashed.
        case immediate
        /// Every process of it is killed.
        case kill
    }

    let port: UInt16
    private let folder: String

    /// As the recorder takes it; the server has no other database.
    var url: String { "postgres://recorder@127.0.0.1:\(port)/postgres" }

    static let isPossible = programs != nil && (geteuid() != 0 || Tool.setpriv != nil)
    static let need: Comment = "needs a server of PostgreSQL: install postgresql"

    /// Makes an empty database; ``start()`` has it served.
    static func make() async throws -> PostgreSQL {
        let server = PostgreSQL(port: try FreePort.find(), folder: try Stage.current.path("postgresql"))
        try FileManager.default.createDirectory(atPath: server.folder, withIntermediateDirectories: false)
        if geteuid() == 0, let owner = getpwnam("postgres")?.pointee {
            chown(server.folder, owner.pw_uid, owner.pw_gid)
        }
        try Stage.current.atTheEnd { server.killAll() }
        let owner = ["-A", "trust", "-U", "recorder"]
        let maker = try server.run("initdb", ["-D", server.data, "--no-sync", "-E", "UTF8", "--locale=C"] + owner)
        try #require(try await maker.end(within: .seconds(60)) == .exited(0), "\(maker.account)")
        return server
    }

    /// Starts it, also after a crash, and waits until it serves.
    @discardableResult
    func start() async throws -> Program {
        let settings = [
            "port=\(port)", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=20",
            // No test has the machine itself crash, and what was written outlives processes.
            "fsync=off", "shared_buffers=16MB",
        ]
        let program = try run("postgres", ["-D", data] + settings.flatMap { ["-c", $0] })
        try await eventually("PostgreSQL serves", within: .seconds(60), or: { program.account }) {
            guard program.ending == nil else { throw NeverHappened(what: "it stayed up", account: program.account) }
            return program.errors.contains("database system is ready to accept connections")
        }
        return program
    }

    /// Ends what ``start()`` gave, and waits until no process of it is left.
    func stop(_ program: Program, _ stop: Stop) async throws {
        switch stop {
        case .fast: program.signal(SIGINT)
        case .immediate: program.signal(SIGQUIT)
        case .kill:
            let processes = processes
            program.kill()
            for process in processes { kill(process, SIGKILL) }
        }
        _ = try await program.end(within: .seconds(60))
        try await eventually("all its processes end", within: .seconds(60)) { processes.isEmpty }
    }

    /// Sends a signal to the processes that serve its clients: SIGTERM cuts them off, and after SIGKILL of any the
    /// server ends all of them and recovers as from a crash.
    func signalSessions(_ signal: Int32) {
        for process in processes {
            let title = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
            if title.starts(with: Data("postgres: recorder ".utf8)) { kill(process, signal) }
        }
    }

    private var data: String { folder + "/data" }

    /// All processes of the server, which work in its folder.
    private var processes: [pid_t] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        return numbers.filter { number in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(number)/cwd")) == data
        }
    }

    private func killAll() {
        for process in processes { kill(process, SIGKILL) }
    }

    /// Runs a program of PostgreSQL as who owns the folder; it refuses to be root.
    private func run(_ name: String, _ arguments: [String]) throws -> Program {
        let command = try #require(Self.programs, Self.need) + "/" + name
        let owner = ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        let prefix = geteuid() == 0 ? [try #require(Tool.setpriv)] + owner : []
        return try Stage.current.start(prefix + [command] + arguments, name: name)
    }

    /// Where Debian has the programs of its newest version.
    private static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.max { Int($0) ?? 0 < Int($1) ?? 0 }.map { "\(root)/\($0)/bin" }
    }()
}
