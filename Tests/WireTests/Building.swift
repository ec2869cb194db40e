import Wire

/// A datagram put together for a test, lengths and all.
struct Building {
    var topic = "orders"
    var fields: [UInt8] = []
    var content: [UInt8] = []
    var padding = 0
    var header = EnvelopeHeader(kind: .messages, source: 7, epoch: 1_795_400_000_000, number: 3)

    /// Adds the start of a message, whole unless `part` says how much of it.
    mutating func start(_ head: MessageHead, _ body: [UInt8], part: Int? = nil) {
        let part = part ?? body.count
        let bytes = head.encodedStart(partBytes: part)
        content += bytes.indices.map { bytes[$0] } + body.prefix(part)
    }

    mutating func continuation(_ head: MessageHead, offset: Int, _ part: [UInt8]) {
        let bytes = head.encodedContinuation(offset: offset, partBytes: part.count)
        content += bytes.indices.map { bytes[$0] } + part
    }

    var bytes: [UInt8] {
        let encoded = header.encoded(topicBytes: topic.utf8.count, contentBytes: content.count)
        var bytes = encoded.indices.map { encoded[$0] }
        let headerBytes = bytes.count + topic.utf8.count + fields.count
        bytes[6] = UInt8(headerBytes >> 8)
        bytes[7] = UInt8(headerBytes & 0xFF)
        return bytes + Array(topic.utf8) + fields + content + [UInt8](repeating: 0, count: padding)
    }
}

extension MessageHead {
    static func test(sequence: UInt64 = 1, body: [UInt8] = [], attributeBytes: Int = 0) -> MessageHead {
        MessageHead(
            sequence: sequence, id: 0x01A2_06A6_CACB_7FE6_AA46_003B_0B0B_FDB7, publishedAt: 1_795_400_000_123,
            ttlMilliseconds: 5_000, bodyBytes: body.count, attributeBytes: attributeBytes)
    }
}
