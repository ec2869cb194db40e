import Foundation
import Glibc
import Testing

/// A server of PostgreSQL as one beside a cluster would be: it wants TLS and a password.
struct Database: Sendable {
    static let password = "swordfish/:@%"

    private let program: Program
    /// With `ca.crt`, the authority that signed its certificate.
    let folder: String
    /// Of an empty database, without the password.
    let url: String

    static var isPossible: Bool { Tool.openssl != nil && FileManager.default.fileExists(atPath: "/usr/lib/postgresql") }
    static let need: Comment = "needs openssl, and PostgreSQL as Debian has it: run ./deploy/test"

    static func start() async throws -> Database {
        let folder = try Stage.current.path("database")
        let port = "\(try FreePort.find())"
        let script = ["/bin/bash", Tool.part("database.sh"), folder, port, password]
        let program = try Stage.current.start(script, name: "database")
        try await eventually("it serves", within: .seconds(30), or: { program.account }) {
            program.errors.contains("ready to accept connections")
        }
        return Database(program: program, folder: folder, url: "postgres://recorder@localhost:\(port)/headcast")
    }

    /// Ends it in a way that lets it give back the machine's shared memory.
    func stop() async throws {
        program.signal(SIGQUIT)
        _ = try await program.end()
    }
}
