import Fuzzing
import Wire

/// What decodes lies within the datagram, keeps its limits, does not depend on padding, and decodes alike once it is
/// written anew.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzEnvelope(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: start, count: count)
    // The bytes of libFuzzer themselves: the address sanitizer sees what is read behind them.
    guard let envelope = try? Envelope(input.bytes) else { return 0 }
    let bytes = [UInt8](input)
    expect(envelope.topic.upperBound <= envelope.content.lowerBound, "the topic ends before the content")
    expect(envelope.content.upperBound <= count, "the content ends within the datagram")
    expect(EnvelopeHeader.topicBytes.contains(envelope.topic.count), "a topic of 1 to 128 bytes")
    let records = recordList(of: envelope, in: bytes)
    checkRanges(of: records, in: envelope.content)
    checkHeartbeat(envelope, bytes)
    checkPadding(envelope, bytes)
    checkRewriting(envelope, records, bytes)
    return 0
}

private func recordList(of envelope: Envelope, in bytes: [UInt8]) -> [Envelope.Record] {
    var records: [Envelope.Record] = []
    envelope.forEachRecord(in: bytes.span.bytes) { records.append($0) }
    return records
}

private func checkRanges(of records: [Envelope.Record], in content: Range<Int>) {
    var end = content.lowerBound
    for record in records {
        switch record {
        case .start(let head, let part):
            expect(part.lowerBound >= end + MessageHead.startBytes, "records do not overlap")
            expect(head.sequence > 0 && head.publishedAt >= 0, "a head within its limits: \(head)")
            expect(head.bodyBytes <= MessageHead.maximumBodyBytes, "a body within its limit: \(head)")
            expect(head.attributeBytes <= head.bodyBytes && part.count <= head.bodyBytes, "within the body: \(head)")
            end = part.upperBound
        case .continuation(let sequence, let offset, let part):
            expect(part.lowerBound >= end + MessageHead.continuationBytes, "records do not overlap")
            expect(sequence > 0 && offset > 0 && !part.isEmpty, "a continuation within its limits")
            expect(offset + part.count <= MessageHead.maximumBodyBytes, "a continuation within a body")
            end = part.upperBound
        }
        expect(end <= content.upperBound, "records end within the content")
    }
}

private func checkHeartbeat(_ envelope: Envelope, _ bytes: [UInt8]) {
    let heartbeat = envelope.heartbeat(in: bytes.span.bytes)
    expect((heartbeat != nil) == (envelope.header.kind == .heartbeat), "only heartbeats say something")
    guard let heartbeat else { return }
    expect(heartbeat.first > 0 && heartbeat.next >= heartbeat.first, "a heartbeat that goes forward: \(heartbeat)")
}

/// Bytes behind the content change nothing, and the last of the content is needed.
private func checkPadding(_ envelope: Envelope, _ bytes: [UInt8]) {
    let end = envelope.content.upperBound
    let bare = bytes[..<end]
    for padding in [[], [0xF5], [UInt8](repeating: 0xFF, count: 40)] as [[UInt8]] {
        expect((try? Envelope([UInt8](bare + padding).span.bytes)) == envelope, "padding does not matter")
    }
    expect((try? Envelope([UInt8](bare.dropLast()).span.bytes)) == nil, "an envelope that was cut is malformed")
}

/// Written anew, without fields and padding, it says the same.
private func checkRewriting(_ envelope: Envelope, _ records: [Envelope.Record], _ bytes: [UInt8]) {
    var content: [UInt8] = []
    for record in records {
        switch record {
        case .start(let head, let part): content += bytesOf(head.encodedStart(partBytes: part.count)) + bytes[part]
        case .continuation(let sequence, let offset, let part):
            let head = MessageHead(sequence: sequence, id: 0, publishedAt: 0, bodyBytes: 0)
            content += bytesOf(head.encodedContinuation(offset: offset, partBytes: part.count)) + bytes[part]
        }
    }
    if let heartbeat = envelope.heartbeat(in: bytes.span.bytes) { content = bytesOf(heartbeat.encoded) }
    let header = envelope.header.encoded(topicBytes: envelope.topic.count, contentBytes: content.count)
    let written = bytesOf(header) + bytes[envelope.topic] + content
    guard let again = try? Envelope(written.span.bytes) else { fatalError("does not hold: it decodes") }
    expect(again.header == envelope.header, "written anew, it has the same header: \(again.header)")
    expect(written[again.topic] == bytes[envelope.topic], "written anew, it has the same topic")
    expect(again.heartbeat(in: written.span.bytes) == envelope.heartbeat(in: bytes.span.bytes), "the same heartbeat")
    let others = recordList(of: again, in: written)
    expect(others.count == records.count, "as many records")
    for (record, other) in zip(records, others) {
        switch (record, other) {
        case (.start(let head, let part), .start(let otherHead, let otherPart)):
            expect(head == otherHead && bytes[part] == written[otherPart], "the same start: \(otherHead)")
        case (.continuation(let sequence, let offset, let part), .continuation(let number, let place, let otherPart)):
            expect(sequence == number && offset == place, "the same continuation")
            expect(bytes[part] == written[otherPart], "the same bytes")
        default: expect(false, "records of the same kinds")
        }
    }
}

private func bytesOf<let count: Int>(_ array: InlineArray<count, UInt8>) -> [UInt8] { array.indices.map { array[$0] } }
