import Testing

/// A name server that answers with what no name server should.
struct HostileNameServer: Sendable {
    let program: Program
    let port: UInt16

    var endpoint: String { "127.0.0.1:\(port)" }

    /// `manner` is one of those of hostile_dns.py.
    static func start(_ manner: String) async throws -> HostileNameServer {
        let port = try FreePort.find()
        let command = [try #require(Tool.python), Tool.part("hostile_dns.py"), "\(port)", manner]
        let program = try Stage.current.start(command, name: "hostile-\(manner)")
        try await eventually("it is ready", or: { program.account }) { program.lines.first == "ready" }
        return HostileNameServer(program: program, port: port)
    }

    /// Queries answered so far.
    var answered: Int { program.lines.count - 1 }
}
