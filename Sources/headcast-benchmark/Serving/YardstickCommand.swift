import CBaseline
import Endpoints
import Glibc

/// What a child does that is a yardstick: a bare server, or one that sends to endpoints, too.
enum YardstickCommand {
    static let name = "yardstick"

    /// - Parameter arguments: the format, then the endpoints, separated by commas; without any it sends nothing.
    static func run(_ arguments: ArraySlice<String>) -> Never {
        guard let format = arguments.first, let list = arguments.dropFirst().first else { exit(64) }
        let endpoints = list.split(separator: ",").compactMap { Endpoint($0) }
        var port: UInt16 = 0
        let listening = baseline_listen(&port)
        guard listening >= 0 else { exit(1) }
        let line = Array(ListeningLine.text(Endpoint(address: .loopback, port: port)).utf8)
        _ = write(STDOUT_FILENO, line, line.count)
        guard !endpoints.isEmpty else { exit(baseline_serve(listening, nil, 0, endless()) == 0 ? 0 : 1) }
        guard let loop = try? BareLoop(to: endpoints) else { exit(1) }
        exit(loop.serve(listening, isBundled: format == "enveloped", until: endless()) ? 0 : 1)
    }

    /// A descriptor that never ends: the parent's signal ends this process.
    private static func endless() -> Int32 {
        var ends: [Int32] = [-1, -1]
        return pipe(&ends) == 0 ? ends[0] : -1
    }
}
