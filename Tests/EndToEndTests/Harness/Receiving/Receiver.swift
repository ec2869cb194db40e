import Foundation
import Glibc
import Synchronization
import Testing

/// A running program that prints what it receives as lines of JSON, messages and events.
final class Receiver: Sendable {
    /// Which program.
    enum Kind: String, CaseIterable, Sendable {
        case python, swift
    }

    let kind: Kind
    let isOrdered: Bool
    /// The address of its pod.
    let address: String
    let program: Program

    private struct State {
        /// How much of the output was read.
        var offset: UInt64 = 0
        /// A line that is not all there.
        var rest = Data()
        var received = Received()
    }
    private let state = Mutex(State())
    /// Where its lines end up.
    private let output: String

    private init(kind: Kind, isOrdered: Bool, address: String, program: Program, output: String) {
        self.kind = kind
        self.isOrdered = isOrdered
        self.address = address
        self.program = program
        self.output = output
    }

    static let port = 12_000

    /// Starts one in a pod of a network and waits until it listens.
    ///
    /// - Parameters:
    ///   - format: what the topic sends, which the Swift receiver tells by itself.
    ///   - pipe: a named pipe to print into, and the file to which what comes out of it is written.
    static func start(
        _ kind: Kind,
        at position: Int,
        of network: Network,
        isOrdered: Bool = false,
        gapWait: String = "50ms",
        format: String = "enveloped",
        pipe: (name: String, output: String)? = nil
    ) async throws -> Receiver {
        var command: [String]
        let listen = ["--listen", "0.0.0.0:\(port)", "--output", "json", "--gap-wait", gapWait]
        switch kind {
        case .python:
            let script = Tool.root + "/deploy/examples/python-subscriber/subscriber.py"
            command = [try #require(Tool.python), "-B", script] + listen + ["--events", "--format", format]
        case .swift:
            let headcast = try #require(Tool.headcast, "headcast is not built")
            command = [headcast, "subscribe"] + listen + ["--show-gaps", "--show-duplicates"]
        }
        if isOrdered { command.append("--ordered") }
        command = [try #require(Tool.ip), "netns", "exec", network.pods[position]] + command
        if let pipe { command = ["/bin/sh", "-c", #"exec "$@" > "$0""#, pipe.name] + command }
        let program = try Stage.current.start(command, name: "\(kind)-\(position)")
        try await eventually("it listens", or: { program.account }) { program.errors.contains("listening on ") }
        return Receiver(
            kind: kind, isOrdered: isOrdered, address: network.address(position), program: program,
            output: pipe?.output ?? program.standardOutput)
    }

    /// Everything printed until now.
    var received: Received {
        state.withLock { state in
            guard let file = FileHandle(forReadingAtPath: output) else { return state.received }
            try? file.seek(toOffset: state.offset)
            let bytes = (try? file.readToEnd()) ?? Data()
            state.offset += UInt64(bytes.count)
            bytes.withUnsafeBytes { bytes in
                var rest = bytes[...]
                // Far faster than firstIndex(of:) where lines are long.
                while let base = rest.base.baseAddress, !rest.isEmpty,
                    let end = memchr(base + rest.startIndex, Int32(UInt8(ascii: "\n")), rest.count)
                {
                    let place = UnsafeRawPointer(end) - base
                    state.rest.append(contentsOf: rest[..<place])
                    state.received.read(line: state.rest)
                    state.rest.removeAll(keepingCapacity: true)
                    rest = rest[(place + 1)...]
                }
                state.rest.append(contentsOf: rest)
            }
            return state.received
        }
    }

    /// Waits until it has printed so many messages, and gaps of so many datagrams, or too long; ends it, and gives what it
    /// printed in all.
    func received(
        messages: Int, lost: Int = 0, duplicates: Int = 0, within limit: Duration = .seconds(15)
    ) async throws -> Received {
        do {
            try await eventually("it has received all", within: limit) {
                let received = received
                return received.messages.count >= messages && received.lost >= lost
                    && received.duplicates >= duplicates
            }
        } catch is NeverHappened {
            // What is missing, the test tells better.
        }
        return try await end()
    }

    /// Ends it and gives what it printed in all.
    func end() async throws -> Received {
        program.signal(SIGTERM)
        let ending = try await program.end()
        #expect(ending == .exited(0), "\(program.account)")
        return received
    }

    /// What it counted, as the Python receiver says at its end.
    var counters: JSON { program.errors.split(separator: "\n").last.flatMap { JSON(text: String($0)) } ?? .null }

    /// Bytes of memory that it held at most.
    var peakBytes: Int {
        let status = String(
            decoding: FileManager.default.contents(atPath: "/proc/\(program.pid)/status") ?? Data(), as: UTF8.self)
        return status.firstMatch(of: #/VmHWM:\s+(\d+) kB/#).flatMap { Int($0.1) }.map { $0 * 1_024 } ?? 0
    }
}

extension Receiver: CustomStringConvertible {
    var description: String {
        "the \(isOrdered ? "ordered " : "")\(kind) receiver at \(address): \(received.summary)\n"
            + "stderr: \(program.errors.suffix(1_000))"
    }
}
