import Foundation
import Glibc
import Testing

/// A process that sees every enveloped datagram on the bridge of a network: what the gateway sent, what left for a pod.
///
/// Networks that are tapped carry each datagram by itself, as wires do; otherwise those that are sent together would be
/// seen, and dropped, together.
struct Tap: Sendable {
    let program: Program
    private let path: String

    static func start(on network: Network) async throws -> Tap {
        let stage = try Stage.current
        let path = stage.path("tap")
        let command = [
            try #require(Tool.ip), "netns", "exec", network.gateway, try #require(Tool.python), "-B",
            Tool.part("network/tap.py"), path, "\(Receiver.port)",
        ]
        let program = try stage.start(command, name: "tap")
        try await eventually("the tap is ready", or: { program.account }) { program.lines.first == "ready" }
        return Tap(program: program, path: path)
    }

    /// Ends it and gives what it saw.
    func streams() async throws -> [TappedStream] {
        program.signal(SIGTERM)
        try #require(try await program.end(within: .seconds(30)) == .exited(0), "\(program.account)")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.last == #"{"missed": 0}"#)
        return try lines.dropLast().map { try JSONDecoder().decode(TappedStream.self, from: Data($0.utf8)) }
    }
}

/// What was seen of one stream on its way to one destination.
struct TappedStream: Decodable, Sendable {
    let destination: String
    let topic: String
    let source: UInt32
    let epoch: Int64
    /// In their order; the other lists are by their places.
    let numbers: [UInt64]
    /// The first and the last sequence in each datagram.
    let firsts: [UInt64]
    let lasts: [UInt64]
    /// How often the gateway sent it, and how often it left the bridge.
    let sent: [Int]
    let arrived: [Int]
    let bytes: [Int]
    let heartbeatsSent: Int
    let heartbeatsArrived: Int

    /// Numbers of which no copy arrived.
    var lost: Set<UInt64> { Set(numbers.indices.filter { arrived[$0] == 0 }.map { numbers[$0] }) }

    /// Sequences of messages that have no part in these numbers.
    func sequences(without lost: Set<UInt64>) -> Set<UInt64> {
        var whole: Set<UInt64> = []
        var divided: Set<UInt64> = []
        for place in numbers.indices where firsts[place] > 0 {
            if lost.contains(numbers[place]) {
                divided.formUnion(firsts[place]...lasts[place])
            } else {
                whole.formUnion(firsts[place]...lasts[place])
            }
        }
        return whole.subtracting(divided)
    }

    /// Datagrams of every kind and copy that left the bridge for it.
    var arrivals: Int { arrived.reduce(0, +) + heartbeatsArrived }
    /// Datagrams that the gateway sent and that did not leave.
    var drops: Int { sent.reduce(0, +) + heartbeatsSent - arrivals }
}
