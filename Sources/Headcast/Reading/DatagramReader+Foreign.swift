import Clocks
import Endpoints

/// Datagrams that are not enveloped.
extension DatagramReader {
    mutating func readForeign(
        _ bytes: RawSpan, from sender: Endpoint, at now: Moment, to events: inout [Subscription.Event]
    ) {
        guard options.formats.contains(.raw) else { return counters.foreign += 1 }
        counters.messages += 1
        events.append(
            .message(
                Message(
                    format: .raw, id: .none, stream: Message.Stream(topic: "", source: 0, epoch: 0), sequence: 0,
                    attributes: Message.Attributes(), payload: [UInt8](bytes)[...],
                    receivedAt: Message.Time(milliseconds: now.timestamp.milliseconds), origin: sender)))
    }
}

extension [UInt8] {
    init(_ bytes: RawSpan) {
        self.init(unsafeUninitializedCapacity: bytes.byteCount) { buffer, count in
            count = bytes.byteCount
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
        }
    }
}
