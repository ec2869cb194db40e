import Foundation

@testable import Headcast

/// The streams and events of `vectors.json`, whose head says what they mean.
struct StreamVectors: Decodable {
    let clock: Int64
    let streams: [Stream]
    let events: [CloudEvent]

    static func read() throws -> StreamVectors {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appendingPathComponent("WireTests/vectors.json")
        return try JSONDecoder().decode(StreamVectors.self, from: Data(contentsOf: file))
    }

    struct Stream: Decodable {
        let name: String
        let modes: [String]
        let settings: [String: Int]
        let steps: [Step]
        let counters: [String: UInt64]
    }

    struct Step: Decodable {
        let at: Int64
        let datagram: Hexadecimal?
        let events: [Event]
    }

    struct CloudEvent: Decodable {
        let name: String
        let text: String
        /// Nil where it is no event.
        let message: Told?

        struct Told: Decodable, Equatable {
            let topic: String
            let epoch: Int64
            let sequence: UInt64
            let id: String
            let publishedAt: Int64?
            let attributes: [String: String]
            let payload: String
        }
    }

    /// What is told of; which fields there are depends on it.
    struct Event: Decodable, Equatable {
        var event: String
        var topic: String
        var source: UInt32
        var epoch: Int64
        var sequence: UInt64?
        var id: String?
        var publishedAt: Int64?
        var attributes: [String: String]?
        var payload: Hexadecimal?
        var first: UInt64?
        var last: UInt64?
    }

    /// Bytes as they stand in the file.
    struct Hexadecimal: Decodable, Equatable {
        let bytes: [UInt8]

        init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let digits = try container.decode(String.self).compactMap(\.hexDigitValue)
            bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }
}

extension StreamVectors.Event {
    /// Nil for an event that the vectors do not tell of.
    init?(_ event: Subscription.Event) {
        switch event {
        case .message(let message):
            self.init("message", message.stream)
            sequence = message.sequence
            id = message.id.description
            publishedAt = message.publishedAt?.milliseconds
            attributes = Dictionary(uniqueKeysWithValues: message.attributes.map { ($0.name, $0.value) })
            payload = StreamVectors.Hexadecimal(message.payload)
        case .gap(let gap):
            self.init("gap", gap.stream)
            first = gap.numbers.lowerBound
            last = gap.numbers.upperBound
        case .epochChange(let change): self.init("epoch", change.stream)
        default: return nil
        }
    }

    private init(_ event: String, _ stream: Message.Stream) {
        self.init(event: event, topic: stream.topic, source: stream.source, epoch: stream.epoch)
    }
}

extension StreamVectors.CloudEvent.Told {
    init(_ message: Message) {
        topic = message.topic
        epoch = message.epoch
        sequence = message.sequence
        id = message.id == .none ? message.attributes["ce-id"] ?? "" : message.id.description
        publishedAt = message.publishedAt?.milliseconds
        attributes = Dictionary(uniqueKeysWithValues: message.attributes.map { ($0.name, $0.value) })
        payload = String(decoding: message.payload, as: UTF8.self)
    }
}
