import Wire

/// The streams that are remembered, bounded: the one longest silent makes room for another.
///
/// Streams are told by where they stand, which holds until one is replaced.
struct StreamTable: ~Copyable {
    var streams: [StreamMemory] = []
    /// Those without a stream are free.
    var topics: [TopicMemory] = []

    private let capacity: Int
    private let rememberedIDs: Int
    private var latest = 0
    private var hearings: UInt64 = 0

    init(capacity: Int, rememberedIDs: Int) {
        self.capacity = max(1, capacity)
        self.rememberedIDs = rememberedIDs
    }

    /// The stream that a datagram belongs to; nil if it is not known.
    mutating func find(_ header: EnvelopeHeader, topic: RawSpan) -> Int? {
        hearings += 1
        if latest >= streams.count || !isNamed(latest, header, topic) {
            guard let index = streams.indices.first(where: { isNamed($0, header, topic) }) else { return nil }
            latest = index
        }
        streams[latest].lastHeard = hearings
        return latest
    }

    /// The stream of a topic that was heard last.
    func latest(ofTopic topic: RawSpan) -> StreamMemory? {
        streams.filter { topics[$0.topic].isNamed(topic) }.max { $0.lastHeard < $1.lastHeard }
    }

    /// Who has to be forgotten before another can be added; nil while there is room.
    var longestSilent: Int? {
        guard streams.count == capacity else { return nil }
        return streams.indices.min { streams[$0].lastHeard < streams[$1].lastHeard }
    }

    /// Adds a stream that is not known, in the place of the one at `forgotten` if need be.
    mutating func add(_ header: EnvelopeHeader, topic: RawSpan, inPlaceOf forgotten: Int?) -> Int {
        // Before another is let go, so that a topic whose only stream is replaced keeps its ids.
        let place = placeOfTopic(topic)
        topics[place].streamCount += 1
        let stream = StreamMemory(
            name: Message.Stream(topic: topics[place].name, source: header.source, epoch: header.epoch),
            serial: hearings, topic: place)
        if let forgotten {
            let old = streams[forgotten].topic
            topics[old].streamCount -= 1
            if topics[old].streamCount == 0 { topics[old] = TopicMemory(name: "", rememberedIDs: 0) }
            streams[forgotten] = stream
            latest = forgotten
        } else {
            latest = streams.count
            streams.append(stream)
        }
        return latest
    }

    private mutating func placeOfTopic(_ topic: RawSpan) -> Int {
        if let place = topics.firstIndex(where: { $0.isNamed(topic) }) { return place }
        let memory = TopicMemory(
            name: topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, rememberedIDs: rememberedIDs)
        guard let place = topics.firstIndex(where: { $0.streamCount == 0 }) else {
            topics.append(memory)
            return topics.count - 1
        }
        topics[place] = memory
        return place
    }

    private func isNamed(_ index: Int, _ header: EnvelopeHeader, _ topic: RawSpan) -> Bool {
        // In spans nothing is copied, which would count references.
        let (streams, topics) = (streams.span, topics.span)
        return streams[index].name.source == header.source && streams[index].name.epoch == header.epoch
            && TopicMemory.isName(topics[streams[index].topic].bytes.span, of: topic)
    }
}
