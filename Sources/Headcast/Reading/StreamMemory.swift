import Glibc
import Wire

/// What is remembered of one stream.
struct StreamMemory {
    let name: Message.Stream
    /// No other stream had it or will have it.
    let serial: UInt64
    /// Its place in the table; the topic is shared by all its streams.
    let topic: Int
    var numbers = NumberMemory()
    var held = HeldMessages()
    /// Where order is kept: all numbers up to this one have had their turn.
    var closed: UInt64 = 0
    /// Counts up with everything that is heard; who has the least was silent longest.
    var lastHeard: UInt64

    init(name: Message.Stream, serial: UInt64, topic: Int) {
        self.name = name
        self.serial = serial
        self.topic = topic
        lastHeard = serial
    }
}

/// What is remembered of one topic, as long as one of its streams is.
struct TopicMemory {
    let name: String
    /// Its name, as it stands in datagrams.
    let bytes: [UInt8]
    var ids: IDMemory
    var streamCount = 0

    init(name: String, rememberedIDs: Int) {
        self.name = name
        bytes = Array(name.utf8)
        ids = IDMemory(capacity: rememberedIDs)
    }

    func isNamed(_ topic: RawSpan) -> Bool { Self.isName(bytes.span, of: topic) }

    /// Whether `name` is that of a topic as it stands in a datagram.
    static func isName(_ name: Span<UInt8>, of topic: RawSpan) -> Bool {
        guard topic.byteCount == name.count else { return false }
        return topic.withUnsafeBytes { topic in
            name.withUnsafeBytes { name in
                guard let left = name.baseAddress, let right = topic.baseAddress else { return topic.isEmpty }
                return memcmp(left, right, topic.count) == 0
            }
        }
    }
}
