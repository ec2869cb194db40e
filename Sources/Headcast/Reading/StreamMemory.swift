import Wire

/// What is remembered of one stream.
final class StreamMemory {
    let name: Message.Stream
    /// No other stream had it or will have it.
    let serial: UInt64
    /// Shared by all streams of a topic.
    let topic: TopicMemory
    var numbers = NumberMemory()
    var held = HeldMessages()
    /// How many of its messages have parts that wait for others.
    var partials = 0
    /// Where order is kept: all numbers up to this one have had their turn.
    var closed: UInt64 = 0
    /// Counts up with everything that is heard; who has the least was silent longest.
    var lastHeard: UInt64 = 0

    init(name: Message.Stream, serial: UInt64, topic: TopicMemory) {
        self.name = name
        self.serial = serial
        self.topic = topic
    }

    /// Whether this is the stream of `header` and of the topic with these bytes.
    func isNamed(_ header: EnvelopeHeader, _ topic: RawSpan) -> Bool {
        name.source == header.source && name.epoch == header.epoch && self.topic.isNamed(topic)
    }
}

/// What is remembered of one topic, as long as one of its streams is.
final class TopicMemory {
    let name: String
    private let bytes: [UInt8]
    var ids: IDMemory

    init(name: String, rememberedIDs: Int) {
        self.name = name
        bytes = Array(name.utf8)
        ids = IDMemory(capacity: rememberedIDs)
    }

    func isNamed(_ topic: RawSpan) -> Bool {
        guard topic.byteCount == bytes.count else { return false }
        return topic.withUnsafeBytes { topic in bytes.withUnsafeBytes { topic.elementsEqual($0) } }
    }
}
