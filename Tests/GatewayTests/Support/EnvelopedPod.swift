import Endpoints
import FanOut
import Testing
import Wire

@testable import Gateway

/// A message as an enveloped datagram carries it.
struct EnvelopedMessage {
    let id: String
    let sequence: UInt64
    let ttlMilliseconds: UInt32
    let attributes: Attributes
    let payload: String
}

/// A listener for messages that fit a datagram, and the gateway with the enveloped topic `orders` it is a pod of.
final class EnvelopedPod {
    let gateway: RunningGateway
    private let pod: Pod
    private var waiting: [EnvelopedMessage] = []

    init(_ last: UInt32 = 2) throws {
        let pod = try Pod(last)
        self.pod = pod
        gateway = try RunningGateway { configuration in
            configuration.topics = [TopicConfiguration(name: "orders", source: .static([pod.endpoint]))]
            configuration.topics[0].format = .enveloped
        }
    }

    /// The next message, heartbeats passed over.
    func next() throws -> EnvelopedMessage {
        while waiting.isEmpty {
            let datagram = try #require(pod.nextBytes())
            let bytes = datagram.span.bytes
            let envelope = try Envelope(bytes)
            guard envelope.header.kind == .messages else { continue }
            envelope.forEachRecord(in: bytes) { record in
                guard case .start(let head, let part) = record, part.count == head.bodyBytes else { return }
                let body = datagram[part]
                waiting.append(
                    EnvelopedMessage(
                        id: MessageID(bits: head.id).description, sequence: head.sequence,
                        ttlMilliseconds: head.ttlMilliseconds,
                        attributes: Attributes(body.prefix(head.attributeBytes)) ?? Attributes(),
                        payload: String(decoding: body.dropFirst(head.attributeBytes), as: UTF8.self)))
            }
        }
        return waiting.removeFirst()
    }
}
