import Foundation
import Testing

/// A running `headcast gateway`.
struct Gateway: Sendable {
    let program: Program
    /// Where it listens, such as `127.0.0.1:41234`.
    let endpoint: String
    /// The namespace it runs in; nil for the test's own.
    let place: String?

    /// Starts one on a free port of loopback and waits until it listens.
    ///
    /// `listen` nil leaves the flag out, for tests of the configuration.
    static func start(
        _ arguments: [String],
        listen: String? = "127.0.0.1:0",
        environment: [String: String] = [:],
        in place: String? = nil
    ) async throws -> Gateway {
        let program = try launch(arguments, listen: listen, environment: environment, in: place)
        let endpoint = try await eventually("the gateway listens", or: { program.account }) { () -> String? in
            guard program.ending == nil else { throw NeverHappened(what: "it stayed up", account: program.account) }
            return listeningEndpoint(in: program.errors)
        }
        return Gateway(program: program, endpoint: endpoint, place: place)
    }

    /// Starts one with topics as `--topic` takes them.
    static func start(topics: String..., with arguments: [String] = [], in place: String? = nil) async throws -> Gateway
    {
        try await start(topics.flatMap { ["--topic", $0] } + arguments, in: place)
    }

    /// Starts the program without waiting for anything.
    static func launch(
        _ arguments: [String],
        listen: String? = "127.0.0.1:0",
        environment: [String: String] = [:],
        in place: String? = nil
    ) throws -> Program {
        var command = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        command += [try #require(Tool.headcast, "headcast is not built"), "gateway"]
        command += listen.map { ["--listen", $0] } ?? []
        return try Stage.current.start(command + arguments, environment: environment, name: "gateway")
    }

    /// The endpoint of the first log entry that says "listening", as JSON or as text.
    private static func listeningEndpoint(in log: String) -> String? {
        let entry = log.split(separator: "\n").first { $0.contains("listening") && $0.contains(":") }
        return entry?.firstMatch(of: #/(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\]):\d+/#).map { String($0.0) }
    }
}

extension Gateway {
    /// One request on a connection of its own; from a namespace through curl.
    func request(
        _ method: String,
        _ path: String,
        headers: [String] = [],
        body: [UInt8]? = nil,
        within limit: Duration = .seconds(10)
    ) async throws -> HTTPResponse {
        if let place {
            return try await Curl.request(method, "http://\(endpoint)\(path)", headers: headers, body: body, in: place)
        }
        let connection = try HTTPConnection(to: endpoint)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(endpoint)\r\n"
        head += headers.map { "\($0)\r\n" }.joined()
        if let body { head += "Content-Length: \(body.count)\r\n" }
        try await connection.send(Array((head + "\r\n").utf8) + (body ?? []))
        return try await connection.response(isHead: method == "HEAD", within: limit)
    }

    func get(_ path: String) async throws -> HTTPResponse { try await request("GET", path) }

    /// The JSON of a path that answers 200.
    func json(_ path: String) async throws -> JSON {
        let response = try await get(path)
        try #require(response.status == 200, "GET \(path): \(response)")
        return response.json
    }

    func publish(
        _ payload: [UInt8],
        to topic: String = "orders",
        query: String = "",
        headers: [String] = []
    ) async throws -> HTTPResponse {
        try await request("POST", "/publish/\(topic)\(query)", headers: headers, body: payload)
    }

    func publish(
        _ payload: String,
        to topic: String = "orders",
        query: String = "",
        headers: [String] = []
    ) async throws -> HTTPResponse {
        try await publish(Array(payload.utf8), to: topic, query: query, headers: headers)
    }
}

extension Gateway {
    /// One topic's part of the status.
    func topic(_ name: String = "orders") async throws -> JSON { try await json("/topics/\(name)") }

    func membership(_ topic: String = "orders") async throws -> JSON { try await self.topic(topic)["membership"] }

    /// Every subscriber row of a topic, by endpoint.
    func subscribers(_ topic: String = "orders") async throws -> [String: JSON] {
        let rows = try await items("/topics/\(topic)/subscribers")
        return Dictionary(rows.map { ($0["endpoint"].string ?? "", $0) }) { $1 }
    }

    /// All pages of a list.
    func items(_ path: String) async throws -> [JSON] {
        var items: [JSON] = []
        var after: String?
        repeat {
            let joint = path.contains("?") ? "&" : "?"
            let page = try await json(path + (after.map { "\(joint)after=\($0)" } ?? ""))
            items += page["items"].list
            after = page["next"].string ?? page["next"].int.map(String.init)
        } while after != nil && items.count < 100_000
        return items
    }

    /// Waits until the membership is exactly these endpoints.
    func membership(
        of topic: String = "orders",
        is endpoints: Set<String>,
        within limit: Duration = .seconds(15)
    ) async throws {
        var last: Set<String> = []
        try await eventually("the set is \(endpoints.sorted().prefix(8))", within: limit, or: { "it is \(last)" }) {
            last = Set(try await subscribers(topic).keys)
            return last == endpoints
        }
    }

    /// Waits until the membership says that it is stale, and gives the reason.
    func staleReason(_ topic: String = "orders", within limit: Duration = .seconds(20)) async throws -> String {
        try await eventually("the membership is stale", within: limit, or: { program.account }) {
            try await membership(topic)["stale"]["reason"].string
        }
    }

    func isReady(within limit: Duration = .seconds(10)) async throws {
        try await eventually("the gateway is ready", within: limit, or: { program.account }) {
            try await get("/readyz").status == 200
        }
    }

    /// The samples of `/metrics` by name and labels.
    func metrics() async throws -> [String: Double] {
        let lines = try await get("/metrics").text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            lines.compactMap { line in
                line.lastIndex(of: " ").flatMap { space in
                    Double(line[space...].dropFirst()).map { (String(line[..<space]), $0) }
                }
            }
        ) { $1 }
    }

    /// Resident memory in bytes.
    var residentBytes: Int {
        let status = FileManager.default.contents(atPath: "/proc/\(program.pid)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS") }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
