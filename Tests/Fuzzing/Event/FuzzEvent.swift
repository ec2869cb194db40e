import Clocks
import Endpoints
import Fuzzing
import Headcast
import Wire

@testable import FanOut
@testable import Gateway

/// An event that is published, written as the datagram of a topic of events, is read by a subscriber as it was given.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzEvent(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let body = [UInt8](UnsafeBufferPointer(start: start, count: count))
    // Whatever it is, reading it does no harm.
    let read = message(in: body)
    guard let draft = try? MessageDraft(event: 0..<count, of: body) else { return 0 }
    let payload = draft.payload.withBytes(of: body.span.bytes) { $0.withUnsafeBytes { Array($0) } }
    // Without a type of its data, text is text to a subscriber, and JSON to a gateway; of a type that is none, they may
    // think differently, too.
    if let read, let type = read.attributes.contentType, isOrdinary(type) {
        check(read, against: draft.attributes, payload)
    }
    let writer = EventWriter(
        topic: "orders", epoch: 5, sequence: 7, id: MessageID(bits: 9), publishedAt: Timestamp(nanoseconds: 0),
        attributes: draft.attributes, ttl: nil)
    let written = writer.bytes(payload.span.bytes)
    guard let again = message(in: written) else {
        // What it was given may say that it is of no use any more.
        expect(draft.attributes["ce-expirytime"] != nil, "it is read: \(String(decoding: written, as: UTF8.self))")
        return 0
    }
    expect(again.topic == "orders" && again.sequence == 7 && again.epoch == 5, "it is this replica's: \(again)")
    check(again, against: draft.attributes, payload)
    return 0
}

private func check(_ message: Message, against attributes: Attributes, _ payload: [UInt8]) {
    expect(message.payload.elementsEqual(payload), "the payload: \(message.payload) \(payload)")
    for name in ["content-type", "ce-id", "ce-source", "ce-type", "ce-subject", "ce-dataschema", "ce-time"] {
        guard let value = attributes[name] else { continue }
        expect(message.attributes[name]?.utf8.elementsEqual(value.utf8) == true, "\(name): \(message.attributes)")
    }
}

private func isOrdinary(_ type: String) -> Bool {
    type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && type.split(separator: "/").count == 2 && !type.contains("//")
}

/// What a subscriber makes of a datagram.
private func message(in bytes: [UInt8]) -> Message? {
    var options = Subscription.Options()
    options.formats = [.cloudEvents]
    var reader = DatagramReader(options)
    var events: [Subscription.Event] = []
    let now = Moment(instant: Instant(nanoseconds: 1), timestamp: Timestamp(nanoseconds: 1))
    reader.read(bytes.span.bytes, from: Endpoint(address: .loopback, port: 9), at: now, to: &events)
    guard case .message(let message)? = events.first else { return nil }
    expect(message.format == .cloudEvents && events.count == 1, "one event")
    return message
}
