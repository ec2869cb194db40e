import Clocks
import Wire

/// Puts messages together that came in parts, within bounds of memory and time.
struct Reassembly: ~Copyable {
    struct Whole {
        var head: MessageHead
        var body: [UInt8]
    }

    enum Outcome {
        case waiting
        case whole(Whole)
        case malformed
    }

    private struct Key: Hashable {
        var stream: ObjectIdentifier
        var sequence: UInt64
    }

    /// How many messages may be under way, those that are ignored included.
    static let maximumPartials = 4_096

    /// What ``PartialMessage/cost`` says of all together.
    private(set) var bytes = 0
    /// Messages given up since the list was last emptied.
    var abandoned: [Subscription.Incomplete] = []

    private var partials: [Key: PartialMessage] = [:]
    /// In order of their beginning, and so of their deadlines; some are done.
    private var queue: [PartialMessage] = []
    private var queueStart = 0
    private let maximumBytes: Int
    private let time: Duration

    init(maximumBytes: Int, time: Duration) {
        self.maximumBytes = maximumBytes
        self.time = time
    }

    /// How many messages are listed, those that are done included.
    var queueLength: Int { queue.count }

    /// When the oldest message is given up.
    var nextDeadline: Instant? {
        queue[queueStart...].first { $0.state != .done }?.deadline
    }

    /// Takes the start of a message that goes on.
    ///
    /// - Parameter isWanted: otherwise all of it is dropped as it comes.
    mutating func start(
        _ head: MessageHead, _ part: RawSpan, of stream: StreamMemory, number: UInt64, isWanted: Bool, at now: Instant
    ) -> Outcome {
        let partial = partial(of: stream, sequence: head.sequence, number: number, at: now)
        if !isWanted { change(partial) { $0.ignore() } }
        guard makeRoom(for: partial.growth(with: head, part: part.byteCount), sparing: partial) else {
            abandon(partial, .memory, head: head)
            return .waiting
        }
        return result(change(partial) { $0.add(head, part, number: number) }, partial)
    }

    mutating func goOn(
        _ sequence: UInt64, _ part: RawSpan, offset: Int, of stream: StreamMemory, number: UInt64, at now: Instant
    ) -> Outcome {
        let partial = partial(of: stream, sequence: sequence, number: number, at: now)
        guard makeRoom(for: partial.growth(with: nil, part: part.byteCount), sparing: partial) else {
            abandon(partial, .memory)
            return .waiting
        }
        return result(change(partial) { $0.add(part, at: offset, number: number) }, partial)
    }

    /// Gives up what took too long.
    mutating func expire(by now: Instant) {
        while let oldest, oldest.deadline <= now {
            abandon(oldest, .time)
            remove(oldest)
        }
    }

    /// Gives up what has a part in one of `lost`.
    mutating func lose(_ lost: [Range<UInt64>], of stream: StreamMemory) {
        for partial in partials.values where partial.stream === stream && partial.state == .collecting {
            if partial.isHit(by: lost) { abandon(partial, .lost) }
        }
    }

    /// Gives up all of a stream.
    mutating func forget(_ stream: StreamMemory) {
        for partial in partials.values where partial.stream === stream {
            abandon(partial, .memory)
            remove(partial)
        }
    }

    private var oldest: PartialMessage? {
        mutating get {
            while queueStart < queue.count, queue[queueStart].state == .done { queueStart += 1 }
            compact()
            return queueStart < queue.count ? queue[queueStart] : nil
        }
    }

    private mutating func partial(
        of stream: StreamMemory, sequence: UInt64, number: UInt64, at now: Instant
    ) -> PartialMessage {
        let key = Key(stream: ObjectIdentifier(stream), sequence: sequence)
        if let known = partials[key] { return known }
        if partials.count >= Self.maximumPartials, let oldest {
            abandon(oldest, .memory)
            remove(oldest)
        }
        let partial = PartialMessage(stream: stream, sequence: sequence, number: number, deadline: now + time)
        partials[key] = partial
        queue.append(partial)
        bytes += partial.cost
        return partial
    }

    /// Gives up the oldest messages until there is room for `growth`; false if there is none even so.
    private mutating func makeRoom(for growth: Int, sparing spared: PartialMessage) -> Bool {
        guard growth <= maximumBytes else { return false }
        var index = queueStart
        while bytes + growth > maximumBytes, index < queue.count {
            if queue[index].state == .collecting, queue[index] !== spared { abandon(queue[index], .memory) }
            index += 1
        }
        return bytes + growth <= maximumBytes
    }

    private mutating func abandon(
        _ partial: PartialMessage, _ reason: Subscription.Incomplete.Reason, head: MessageHead? = nil
    ) {
        guard partial.state == .collecting else { return }
        let id = (partial.head ?? head)?.id ?? 0
        abandoned.append(
            Subscription.Incomplete(
                stream: partial.stream.name, sequence: partial.sequence, id: Message.ID(bits: id), reason: reason))
        change(partial) { $0.ignore() }
    }

    private mutating func result(_ outcome: PartialMessage.Outcome, _ partial: PartialMessage) -> Outcome {
        switch outcome {
        case .taken: return .waiting
        case .refused: return .malformed
        case .whole:
            guard let head = partial.head else { return .waiting }
            let body = change(partial) { $0.takeBody() }
            remove(partial)
            return .whole(Whole(head: head, body: body))
        }
    }

    /// Changes a message and keeps count of what it costs.
    private mutating func change<Result>(_ partial: PartialMessage, _ body: (PartialMessage) -> Result) -> Result {
        bytes -= partial.cost
        defer { bytes += partial.cost }
        return body(partial)
    }

    private mutating func remove(_ partial: PartialMessage) {
        bytes -= partial.cost
        partial.state = .done
        partials[Key(stream: ObjectIdentifier(partial.stream), sequence: partial.sequence)] = nil
        if queueStart < queue.count, queue[queueStart] === partial { queueStart += 1 }
        compact()
    }

    /// Lets go of those that are done, now and then.
    private mutating func compact() {
        if queueStart > 1_024, queueStart * 2 > queue.count {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
        if queue.count - queueStart > 2 * Self.maximumPartials {
            queue = queue[queueStart...].filter { $0.state != .done }
            queueStart = 0
        }
    }
}
