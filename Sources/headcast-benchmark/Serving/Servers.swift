import Endpoints
import FanOut
import Glibc
import JSON
import Records

/// Starts gateways, recorders and their yardsticks.
struct Servers {
    /// The program `headcast`.
    let programPath: String

    /// - Parameter program: the path of the program that is measured; nil for the one that was built beside this one.
    init(program: String? = nil) throws {
        programPath = program ?? Self.neighbour
        guard access(programPath, X_OK) == 0 else {
            throw BenchmarkFailure(
                "there is no \(programPath) to measure", hint: "swift build -c release builds it and this program")
        }
    }

    private static var neighbour: String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        return "\(directory)/headcast"
    }

    /// A gateway with one topic, `bench`.
    func gateway(to endpoints: [Endpoint], _ format: MessageFormat, burstBytes: Int? = nil) throws -> Child {
        var topic = "  bench:\n    source: static://\(Self.list(endpoints))\n    format: \(format.rawValue)\n"
        if let burstBytes { topic += "    burstBytes: \(burstBytes)\n" }
        return try gateway(topics: topic)
    }

    /// A gateway whose topic nobody subscribes to: `resolver` says that there is nobody.
    func gateway(resolver: Endpoint, _ format: MessageFormat) throws -> Child {
        let topic = "  bench:\n    source: dns://nobody.test.:9\n    format: \(format.rawValue)\n    emptyAfter: 0s\n"
        return try gateway(topics: topic, ["--resolver", "\(resolver)"])
    }

    /// - Parameter topics: in YAML, indented.
    func gateway(topics: String, _ more: [String] = []) throws -> Child {
        return try Child(
            "gateway", [programPath, "gateway", "--config", Child.filePath] + Self.settings + more,
            handed: .file("topics:\n" + topics))
    }

    func recorder(_ store: StoreLocation) throws -> Child {
        // Not as an argument, which every user sees: a password may stand in it. YAML takes JSON.
        var file = JSONWriter(reserving: 256)
        file.object { json in
            // Clients that are refused here would ask again at once, whatever `Retry-After` says.
            json.field("maximumWaitingResponses", 65_536)
            switch store {
            case .sqlite: json.field("store", store.description)
            case .postgreSQL(let url): json.field("store", url)
            }
        }
        return try Child(
            "recorder", [programPath, "recorder", "--config", Child.filePath] + Self.settings,
            handed: .file(String(decoding: file.bytes, as: UTF8.self)))
    }

    /// The whole loop in C: takes POSTs, sends runs, answers with a receipt that is always the same.
    func prototype(to endpoints: [Endpoint], _ format: MessageFormat) throws -> Child {
        try Child(
            "prototype", ["/proc/self/exe", YardstickCommand.name, format.rawValue, Self.list(endpoints)])
    }

    /// libmicrohttpd alone: suspends every request, resumes it, answers.
    func bareServer() throws -> Child {
        try Child("bare server", ["/proc/self/exe", YardstickCommand.name, "raw", ""])
    }

    private static let settings = ["--listen", "127.0.0.1:0", "--log-format", "json", "--name", "bench"]

    private static func list(_ endpoints: [Endpoint]) -> String {
        endpoints.map(\.description).joined(separator: ",")
    }
}
