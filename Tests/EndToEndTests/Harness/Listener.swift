import Foundation
import Testing

/// A dozen lines of Python that print what arrives, as someone who read the article would write them.
struct Listener: Sendable {
    let program: Program
    let endpoint: String

    static func start(on host: String = "127.0.0.1", port: UInt16 = 0) async throws -> Listener {
        let command = [try #require(Tool.python), Tool.part("listener.py"), host, "\(port)"]
        let program = try Stage.current.start(command, name: "listener")
        let bound = try await eventually("the listener is bound", or: { program.account }) {
            program.lines.first.flatMap { UInt16($0) }
        }
        return Listener(program: program, endpoint: "\(host):\(bound)")
    }

    /// The payloads so far, in order.
    var payloads: [[UInt8]] {
        program.output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast().map { line in
            stride(from: 0, to: line.utf8.count, by: 2).map { position in
                let start = line.index(line.startIndex, offsetBy: position)
                return UInt8(line[start..<line.index(start, offsetBy: 2)], radix: 16) ?? 0
            }
        }
    }

    /// Waits until `count` have come and gives them.
    func payloads(count: Int, within limit: Duration = .seconds(10)) async throws -> [[UInt8]] {
        try await eventually("\(count) payloads arrive", within: limit, or: { program.account }) {
            payloads.count >= count ? payloads : nil
        }
    }

    func texts(count: Int) async throws -> [String] {
        try await payloads(count: count).map { String(decoding: $0, as: UTF8.self) }
    }
}
