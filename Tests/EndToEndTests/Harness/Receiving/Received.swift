import Digests
import Foundation

/// What a receiver printed.
struct Received: Sendable {
    struct Message: Sendable {
        /// "" where the format tells none.
        let id: String
        let topic: String
        let epoch: Int64
        let sequence: UInt64
        let attributes: [String: String]
        let bytes: Int
        /// The SHA-256 of the payload as hexadecimal text.
        let digest: String
    }

    struct Gap: Hashable, Sendable {
        let topic: String
        let source: UInt32
        let epoch: Int64
        let numbers: ClosedRange<UInt64>
    }

    /// In the order in which they were printed.
    private(set) var messages: [Message] = []
    private(set) var gaps: [Gap] = []
    /// Topics and epochs that went on in another stream.
    private(set) var epochs: [String] = []
    private(set) var duplicates = 0
    /// Messages or events that were dropped since they were not taken in time.
    private(set) var overflowed = 0
    /// Datagrams of which the receiver said that the kernel had dropped them.
    private(set) var kernelDrops = 0
    /// Lines that are not understood.
    private(set) var strange: [String] = []

    /// Datagrams in gaps.
    var lost: Int { gaps.reduce(0) { $0 + $1.numbers.count } }

    /// Their numbers, where there is one stream.
    var lostNumbers: Set<UInt64> { gaps.reduce(into: []) { $0.formUnion($1.numbers) } }

    var summary: String {
        "\(messages.count) messages, \(lost) lost in \(gaps.count) gaps, \(duplicates) duplicates, "
            + "\(epochs.count) epochs, \(overflowed) overflowed, "
            + "\(kernelDrops) dropped by the kernel, strange: \(strange.prefix(3))"
    }

    /// Most lines of a topic with copies tell of duplicates: they are counted and not read.
    private static let duplicate = Data(#"{"event":"duplicate""#.utf8)

    mutating func read(line: Data) {
        if line.starts(with: Self.duplicate) {
            duplicates += 1
            return
        }
        guard let line = try? JSONDecoder().decode(Line.self, from: line) else {
            strange.append(String(decoding: line.prefix(200), as: UTF8.self))
            return
        }
        switch line.event {
        case nil: messages.append(line.message)
        case "gap":
            let first = line.first ?? 0
            let numbers = first...max(first, line.last ?? 0)
            let source = line.source?.number ?? 0
            gaps.append(Gap(topic: line.topic ?? "", source: source, epoch: line.epoch ?? 0, numbers: numbers))
        case "epoch": epochs.append("\(line.topic ?? "") \(line.epoch ?? 0)")
        case "overflow" where line.where == "kernel": kernelDrops += line.dropped ?? 0
        case "overflow": overflowed += line.dropped ?? (line.messages ?? 0) + (line.events ?? 0)
        case "kernelDrops": kernelDrops += line.datagrams ?? 0
        case "incomplete": break
        default: strange.append(line.event ?? "")
        }
    }
}

/// A line as receivers print it.
private struct Line: Decodable {
    let event: String?
    let topic: String?
    let epoch: Int64?

    let id: String?
    let sequence: UInt64?
    let attributes: [String: String]?
    let payload: String?
    let payloadBase64: Data?

    let source: Source?
    let first: UInt64?
    let last: UInt64?

    let `where`: String?
    let dropped: Int?
    let messages: Int?
    let events: Int?
    let datagrams: Int?

    /// A number of a stream; CloudEvents have a text of that name.
    struct Source: Decodable {
        let number: UInt32?

        init(from decoder: any Decoder) throws {
            number = try? decoder.singleValueContainer().decode(UInt32.self)
        }
    }

    var message: Received.Message {
        let bytes = payloadBase64.map(Array.init) ?? Array((payload ?? "").utf8)
        var digest = SHA256()
        digest.update(bytes.span.bytes)
        return Received.Message(
            id: id ?? "", topic: topic ?? "", epoch: epoch ?? 0, sequence: sequence ?? 0,
            attributes: attributes ?? [:], bytes: bytes.count, digest: digest.digest().hexadecimal)
    }
}

extension SHA256Digest {
    /// As the scripts of `Parts` write it.
    var hexadecimal: String { [high, low].map(\.hexadecimal).joined() }
}

extension UInt128 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
