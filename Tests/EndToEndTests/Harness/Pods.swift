import Foundation
import Testing

/// Subscribers that count what arrives, and know what the kernel dropped.
struct Pods: Sendable {
    let program: Program
    private let records: String

    /// One socket for all of 127/8 at this port, told apart by destination: it also sees what no pod was meant to get.
    static func everywhere(port: UInt16) async throws -> Pods { try await start(["\(port)"]) }

    /// A socket per endpoint.
    static func at(_ endpoints: [String], in place: String? = nil) async throws -> Pods {
        try await start(endpoints, in: place)
    }

    private static func start(_ places: [String], in place: String? = nil) async throws -> Pods {
        let stage = try Stage.current
        let records = stage.path("records-\(UUID().uuidString.prefix(6))")
        let namespace = try place.map { [try #require(Tool.ip), "netns", "exec", $0] } ?? []
        let command = namespace + [try #require(Tool.python), Tool.part("pods.py"), records] + places
        let program = try stage.start(command, name: "pods")
        try await eventually("the pods are ready", or: { program.account }) { program.lines.first == "ready" }
        return Pods(program: program, records: records)
    }

    /// Datagrams so far, by endpoint.
    var arrived: [String: Int] {
        let last = program.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last ?? ""
        guard case .object(let pods) = JSON(text: String(last))?["pods"] else { return [:] }
        return pods.compactMapValues(\.int)
    }

    /// Waits until every one of these endpoints has at least `count` datagrams.
    func arrived(_ count: Int, at endpoints: [String], within limit: Duration = .seconds(10)) async throws {
        try await eventually("\(count) arrive at each", within: limit, or: { "arrived: \(arrived)" }) {
            let arrived = arrived
            return endpoints.allSatisfy { arrived[$0, default: 0] >= count }
        }
    }

    /// Waits until `count` datagrams in all have come.
    func arrived(total count: Int, within limit: Duration = .seconds(10)) async throws {
        try await eventually("\(count) arrive", within: limit, or: { "arrived: \(arrived)" }) {
            arrived.values.reduce(0, +) >= count
        }
    }

    /// Ends the pods and gives what they counted.
    func tally() async throws -> Tally {
        program.signal(SIGTERM)
        _ = try await program.end(within: .seconds(30))
        let last = try #require(JSON(text: program.lines.last ?? ""), "\(program.account)")
        return Tally(json: last, records: records)
    }
}

/// What pods counted in all.
struct Tally: Sendable {
    let json: JSON
    let records: String

    /// Datagrams that the kernel dropped at the pods' sockets, all together.
    var drops: Int { json["drops"].int ?? -1 }
    var endpoints: Set<String> { json["final"].names }

    func pod(_ endpoint: String) -> JSON { json["final"][endpoint] }

    func arrived(at endpoint: String) -> Int { pod(endpoint)["arrived"].int ?? 0 }

    var arrivedInAll: Int { endpoints.reduce(0) { $0 + arrived(at: $1) } }
    var duplicates: Int { endpoints.reduce(0) { $0 + (pod($1)["duplicates"].int ?? 0) } }
    var outOfOrder: Int { endpoints.reduce(0) { $0 + (pod($1)["outOfOrder"].int ?? 0) } }

    /// The published messages one pod got, in order of arrival.
    func messages(at endpoint: String) -> [PublishedMessage] {
        let bytes = FileManager.default.contents(atPath: "\(records).\(endpoint)") ?? Data()
        return Words(bytes, perRecord: 4).map { PublishedMessage(connection: $0[0], number: $0[1]) }
    }
}

/// Which message of a publisher: the connection and its count there.
struct PublishedMessage: Hashable, Sendable {
    let connection: UInt64
    let number: UInt64
}
