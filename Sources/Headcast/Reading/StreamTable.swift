import Wire

/// The streams that are remembered, bounded: the one longest silent makes room for another.
struct StreamTable: ~Copyable {
    struct Found {
        var stream: StreamMemory
        /// Set if the stream was not known before.
        var arrival: Arrival?
    }

    struct Arrival {
        /// Of the same topic, heard last before.
        var previous: Message.Stream?
        /// Who had to go for it.
        var forgotten: StreamMemory?
    }

    private(set) var streams: [StreamMemory] = []
    private let capacity: Int
    private let rememberedIDs: Int
    private var latest = 0
    private var hearings: UInt64 = 0

    init(capacity: Int, rememberedIDs: Int) {
        self.capacity = max(1, capacity)
        self.rememberedIDs = rememberedIDs
    }

    /// The stream that a datagram belongs to, made if it is not known; allocates nothing if it is.
    mutating func find(_ header: EnvelopeHeader, topic: RawSpan) -> Found {
        hearings += 1
        if latest < streams.count, streams[latest].isNamed(header, topic) {
            streams[latest].lastHeard = hearings
            return Found(stream: streams[latest])
        }
        for index in streams.indices where streams[index].isNamed(header, topic) {
            latest = index
            streams[index].lastHeard = hearings
            return Found(stream: streams[index])
        }
        return add(header, topic: topic)
    }

    private mutating func add(_ header: EnvelopeHeader, topic: RawSpan) -> Found {
        let previous = streams.filter { $0.topic.isNamed(topic) }.max { $0.lastHeard < $1.lastHeard }
        var arrival = Arrival(previous: previous?.name)
        let memory =
            previous?.topic
            ?? TopicMemory(
                name: topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, rememberedIDs: rememberedIDs)
        let stream = StreamMemory(
            name: Message.Stream(topic: memory.name, source: header.source, epoch: header.epoch), serial: hearings,
            topic: memory)
        stream.lastHeard = hearings
        if streams.count < capacity {
            latest = streams.count
            streams.append(stream)
        } else {
            latest = streams.indices.min { streams[$0].lastHeard < streams[$1].lastHeard } ?? 0
            arrival.forgotten = streams[latest]
            streams[latest] = stream
        }
        return Found(stream: stream, arrival: arrival)
    }
}
