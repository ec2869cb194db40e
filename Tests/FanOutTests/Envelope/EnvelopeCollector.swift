import Endpoints
import Wire

@testable import FanOut

/// What a receiver makes of enveloped datagrams that arrive in order.
struct EnvelopeCollector {
    struct Message: Equatable {
        var sequence: UInt64
        var id: UInt128
        var ttlMilliseconds: UInt32
        var attributes: [UInt8]
        var payload: [UInt8]
        /// The datagram in which it ended.
        var number: UInt64

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    var headers: [EnvelopeHeader] = []
    /// Bytes of each datagram of messages.
    private(set) var lengths: [Int] = []
    private(set) var messages: [Message] = []
    private(set) var heartbeats: [Heartbeat] = []
    /// What does not continue what came before.
    private(set) var faults: [String] = []
    private var head: MessageHead?
    private var body: [UInt8] = []

    init(_ datagrams: [[UInt8]] = []) throws {
        for datagram in datagrams { try read(datagram) }
    }

    mutating func read(_ datagram: [UInt8]) throws {
        let envelope = try Envelope(datagram.span.bytes)
        headers.append(envelope.header)
        if let heartbeat = envelope.heartbeat(in: datagram.span.bytes) {
            heartbeats.append(heartbeat)
            return
        }
        lengths.append(datagram.count)
        if datagram[envelope.content.upperBound...].contains(where: { $0 != 0 }) { faults.append("padding is not 0") }
        var records: [Envelope.Record] = []
        envelope.forEachRecord(in: datagram.span.bytes) { records.append($0) }
        for record in records { take(record, datagram, envelope.header.number) }
    }

    var texts: [String] { messages.map(\.text) }

    private mutating func take(_ record: Envelope.Record, _ datagram: [UInt8], _ number: UInt64) {
        switch record {
        case .start(let start, let part):
            if head != nil { faults.append("\(start.sequence) begins within another") }
            head = start
            body = Array(datagram[part])
        case .continuation(let sequence, let offset, let part):
            if head?.sequence != sequence || body.count != offset { faults.append("\(sequence) does not go on") }
            body += datagram[part]
        }
        guard let head, body.count == head.bodyBytes else { return }
        messages.append(
            Message(
                sequence: head.sequence, id: head.id, ttlMilliseconds: head.ttlMilliseconds,
                attributes: Array(body.prefix(head.attributeBytes)),
                payload: Array(body.dropFirst(head.attributeBytes)),
                number: number))
        self.head = nil
    }
}

extension TopicFixture {
    /// A topic of the enveloped format.
    convenience init(
        enveloped endpoints: [Endpoint], takesRuns: Bool? = nil, rules change: (inout TopicRules) -> Void = { _ in }
    ) throws {
        try self.init(endpoints, takesRuns: takesRuns) {
            $0.format = .enveloped
            $0.source = 7
            $0.maximumPayloadBytes = 1 << 20
            change(&$0)
        }
    }
}

extension EnvelopeCollector {
    /// What has arrived at `pod` by now; heartbeats are read and left out of ``messages`` as ever.
    init(messagesOf pod: borrowing LoopbackPod) throws {
        try self.init(pod.received())
        headers.removeAll { $0.kind == .heartbeat }
    }
}
