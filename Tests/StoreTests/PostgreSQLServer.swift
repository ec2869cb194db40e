import Foundation
import Glibc
import Synchronization

/// A server of PostgreSQL in a folder of its own, on a socket in it.
///
/// Ends with this process, however that ends: a shell waits for the end of a pipe that only this process holds.
final class PostgreSQLServer: Sendable {
    /// For tests that need no more than a database of their own.
    static let shared = Result { try PostgreSQLServer() }

    struct Failure: Error { let text: String }

    private let folder: String
    private let shell: Child
    private let databases = Mutex(0)

    init() throws {
        folder = "/tmp/headcast-\(UUID().uuidString.prefix(8))"
        shell = try Child(Self.asOwner + ["/bin/bash", "-c", Self.script, folder])
        guard shell.read() == Array("ready\n".utf8) else { throw Failure(text: "no server in \(folder)") }
    }

    deinit {
        // Waited for, because a test that starts a process of its own for an exit is not told of that while another
        // has ended and nobody asked for it.
        shell.end()
    }

    /// The URL of a new, empty database.
    func makeDatabase() throws -> String {
        let name = databases.withLock { count in
            count += 1
            return "records\(count)"
        }
        try Child.run(Self.asOwner + [Self.folder + "psql", "-qc", "CREATE DATABASE \(name)", url(of: "postgres")])
        return url(of: name)
    }

    func url(of database: String) -> String {
        let host = folder.replacing("/", with: "%2F")
        return "postgres://recorder@/\(database)?host=\(host)"
    }

    /// Runs `sql` in the database at `url`; gives what it selects.
    @discardableResult
    func query(_ sql: String, at url: String) throws -> String {
        try Child.run(Self.asOwner + [Self.folder + "psql", "-XqAtc", sql, url])
    }

    /// Ends the server without a word to its clients, as if its machine had.
    func crash() throws {
        try Child.run(Self.asOwner + [Self.folder + "pg_ctl", "-D", folder + "/data", "-w", "-m", "immediate", "stop"])
    }

    /// Starts it after a crash; it serves when this returns.
    func start() throws {
        try Child.run(Self.asOwner + ["/bin/bash", "-c", Self.starting, folder])
    }

    /// Where Debian has the programs of its newest version.
    private static let folder: String = {
        let root = "/usr/lib/postgresql/"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return root + (versions.max { Int($0) ?? 0 < Int($1) ?? 0 } ?? "15") + "/bin/"
    }()

    /// The server refuses to be root.
    private static let asOwner =
        geteuid() == 0
        ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : ["/usr/bin/env"]

    private static let starting = """
        \(folder)pg_ctl -D "$0/data" -s -w -l "$0/log" -o "-c listen_addresses='' -c unix_socket_directories=$0 \
        -c fsync=off -c max_connections=50" start
        """

    private static let script = """
        set -e
        trap '' INT TERM HUP
        mkdir -m 700 "$0"
        trap '\(folder)pg_ctl -D "$0/data" -s -m immediate stop; rm -rf "$0"' EXIT
        \(folder)initdb -D "$0/data" -A trust -U recorder --no-sync -E UTF8 --locale=C >"$0/initdb"
        \(starting)
        echo ready
        cat
        """
}
