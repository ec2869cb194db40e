/// What a message is recognised by when it comes again.
struct MessageKey: Sendable {
    let format: Message.Format
    let topic: String
    let bits: UInt128

    /// Nil for a raw message, which has nothing of the kind.
    init?(_ message: Message) {
        format = message.format
        topic = message.topic
        switch format {
        case .raw: return nil
        case .enveloped: bits = message.id.bits
        case .cloudEvents: bits = Self.bits(ofEventIn: message)
        }
    }

    /// What the topic, source and id of an event have in common with no other event's, as far as 128 bits go, of a hash
    /// with a secret.
    private static func bits(ofEventIn message: Message) -> UInt128 {
        var bits: UInt128 = 0
        for half in 0..<2 {
            var hasher = Hasher()
            hasher.combine(half)
            hasher.combine(message.topic)
            hasher.combine(message.attributes["ce-source"])
            hasher.combine(message.attributes["ce-id"])
            bits = bits << 64 | UInt128(UInt64(bitPattern: Int64(hasher.finalize())))
        }
        return bits
    }
}

extension DatagramReader {
    /// Takes back that a message was handed over: it was dropped on its way, so that it may come again.
    mutating func forget(_ key: MessageKey) {
        guard key.format == .enveloped else { return eventIDs.forget(key.bits) }
        guard let topic = streams.topics.firstIndex(where: { $0.name == key.topic }) else { return }
        streams.topics[topic].ids.forget(key.bits)
    }
}
