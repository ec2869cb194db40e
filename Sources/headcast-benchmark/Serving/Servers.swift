import Endpoints
import FanOut
import Glibc

/// Starts the gateway and its yardsticks.
struct Servers {
    /// The program `headcast` that was built beside this one.
    let gatewayPath: String

    init() throws {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        let path = String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        gatewayPath = "\(directory)/headcast"
        guard access(gatewayPath, X_OK) == 0 else {
            throw BenchmarkFailure(
                "there is no \(gatewayPath) to measure", hint: "swift build -c release builds it and this program")
        }
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
        let settings = ["--listen", "127.0.0.1:0", "--log-format", "json", "--name", "bench"]
        return try Child(
            "gateway", [gatewayPath, "gateway", "--config", Child.filePath] + settings + more,
            file: "topics:\n" + topics)
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

    private static func list(_ endpoints: [Endpoint]) -> String {
        endpoints.map(\.description).joined(separator: ",")
    }
}
