import Clocks
import Wire

/// Puts messages together that came in parts, within bounds of memory and time.
struct Reassembly: ~Copyable {
    struct Whole {
        var head: MessageHead
        var body: [UInt8]
        /// The highest in which a part came.
        var number: UInt64
    }

    enum Outcome {
        case waiting
        case whole(Whole)
        /// Parts contradict each other: the message is dropped.
        case malformed
    }

    private struct Key: Hashable {
        var stream: UInt64
        var sequence: UInt64

        init(_ partial: PartialMessage) {
            self.init(stream: partial.stream, sequence: partial.sequence)
        }

        init(stream: UInt64, sequence: UInt64) {
            self.stream = stream
            self.sequence = sequence
        }
    }

    /// How many messages may be under way, and how many of those given up are remembered.
    static let maximumMessages = 4_096

    /// What ``PartialMessage/cost`` says of all together.
    private(set) var bytes = 0
    /// Messages given up since the list was last emptied.
    var abandoned: [Subscription.Incomplete] = []

    private var partials: [Key: PartialMessage] = [:]
    private var first: PartialMessage?
    private var last: PartialMessage?
    /// Of what still comes of these nothing is kept.
    private var ignored: Set<Key> = []
    /// The same in a ring, the oldest at ``ignoredStart``.
    private var ignoredKeys: [Key] = []
    private var ignoredStart = 0
    /// None of those ignored has a higher one.
    private var highestIgnored: UInt64 = 0
    private let maximumBytes: Int

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    deinit {
        // Neighbours refer to each other.
        var partial = first
        while let current = partial {
            partial = current.later
            current.earlier = nil
            current.later = nil
        }
    }

    var count: Int { partials.count }

    /// When a message is given up for which no part comes.
    var nextDeadline: Instant? { first?.deadline }

    /// Takes the start of a message that goes on.
    ///
    /// - Parameter deadline: when the message is given up unless another part comes.
    mutating func start(
        _ head: MessageHead, _ part: RawSpan, of stream: borrowing StreamMemory, number: UInt64, until deadline: Instant
    ) -> Outcome {
        guard let partial = partial(of: stream, sequence: head.sequence, number: number, until: deadline) else {
            return .waiting
        }
        guard makeRoom(for: partial.growth(with: head, partBytes: part.byteCount), sparing: partial) else {
            abandon(partial, .memory, id: head.id)
            return .waiting
        }
        return add(to: partial, stream.numbers) { $0.add(head, part, number: number) }
    }

    /// Takes the start of a message that is whole; nil if nothing else of it ever came.
    mutating func startWhole(_ sequence: UInt64, of stream: borrowing StreamMemory) -> Outcome? {
        guard !partials.isEmpty || sequence <= highestIgnored else { return nil }
        let key = Key(stream: stream.serial, sequence: sequence)
        guard let partial = partials[key] else { return ignored.contains(key) ? .waiting : nil }
        ignore(partial)
        return .malformed
    }

    mutating func goOn(
        _ sequence: UInt64, _ part: RawSpan, offset: Int, of stream: borrowing StreamMemory, number: UInt64,
        until deadline: Instant
    ) -> Outcome {
        guard let partial = partial(of: stream, sequence: sequence, number: number, until: deadline) else {
            return .waiting
        }
        guard makeRoom(for: partial.growth(with: nil, partBytes: part.byteCount), sparing: partial) else {
            abandon(partial, .memory)
            return .waiting
        }
        return add(to: partial, stream.numbers) { $0.add(part, at: offset, number: number) }
    }

    /// Gives up what nothing was added to for too long.
    mutating func expire(by now: Instant) {
        while let first, first.deadline <= now { abandon(first, .time) }
    }

    /// Gives up what must have a part in a number that the stream has lost.
    mutating func lose(of stream: borrowing StreamMemory) {
        guard !partials.isEmpty else { return }
        for partial in partials(of: stream.serial) where stream.numbers.isLost(anyOf: partial.neededNumbers) {
            abandon(partial, .lost)
        }
    }

    /// Gives up all of the stream with this serial.
    mutating func forget(_ stream: UInt64) {
        for partial in partials(of: stream) { abandon(partial, .memory) }
    }

    private func partials(of stream: UInt64) -> [PartialMessage] {
        partials.values.filter { $0.stream == stream }.sorted { $0.sequence < $1.sequence }
    }

    /// The message a part belongs to, made if need be; nil if it is ignored.
    private mutating func partial(
        of stream: borrowing StreamMemory, sequence: UInt64, number: UInt64, until deadline: Instant
    ) -> PartialMessage? {
        let key = Key(stream: stream.serial, sequence: sequence)
        if let known = partials[key] {
            unlink(known)
            known.deadline = max(known.deadline, deadline)
            link(known)
            return known
        }
        guard !ignored.contains(key) else { return nil }
        if partials.count >= Self.maximumMessages, let first { abandon(first, .memory) }
        let partial = PartialMessage(
            stream: stream.serial, name: stream.name, sequence: sequence, number: number, deadline: deadline)
        partials[key] = partial
        link(partial)
        return partial
    }

    /// Gives up others, whose deadline is first, until there is room; false if there is none even so.
    private mutating func makeRoom(for growth: Int, sparing spared: PartialMessage) -> Bool {
        while bytes + growth > maximumBytes, let other = first !== spared ? first : spared.later {
            abandon(other, .memory)
        }
        return bytes + growth <= maximumBytes
    }

    private mutating func add(
        to partial: PartialMessage, _ numbers: borrowing NumberMemory,
        _ body: (PartialMessage) -> PartialMessage.Outcome
    ) -> Outcome {
        bytes -= partial.cost
        let outcome = body(partial)
        bytes += partial.cost
        switch outcome {
        case .taken:
            if numbers.isLost(anyOf: partial.neededNumbers) { abandon(partial, .lost) }
            return .waiting
        case .refused:
            ignore(partial)
            return .malformed
        case .whole:
            remove(partial)
            guard let head = partial.head else { return .waiting }
            return .whole(Whole(head: head, body: partial.takeBody(), number: partial.numbers.upperBound))
        }
    }

    private mutating func abandon(
        _ partial: PartialMessage, _ reason: Subscription.Incomplete.Reason, id: UInt128? = nil
    ) {
        abandoned.append(
            Subscription.Incomplete(
                stream: partial.name, sequence: partial.sequence,
                id: Message.ID(bits: id ?? partial.head?.id ?? 0), reason: reason))
        ignore(partial)
    }

    /// Lets go of a message, and of what still comes of it.
    private mutating func ignore(_ partial: PartialMessage) {
        remove(partial)
        let key = Key(partial)
        ignored.insert(key)
        highestIgnored = max(highestIgnored, key.sequence)
        if ignoredKeys.count < Self.maximumMessages {
            ignoredKeys.append(key)
        } else {
            ignored.remove(ignoredKeys[ignoredStart])
            ignoredKeys[ignoredStart] = key
            ignoredStart = (ignoredStart + 1) % Self.maximumMessages
        }
    }

    private mutating func remove(_ partial: PartialMessage) {
        bytes -= partial.cost
        partials[Key(partial)] = nil
        unlink(partial)
    }

    /// Puts a message where its deadline belongs, which mostly is the end.
    private mutating func link(_ partial: PartialMessage) {
        var earlier = last
        while let other = earlier, other.deadline > partial.deadline { earlier = other.earlier }
        partial.earlier = earlier
        partial.later = earlier == nil ? first : earlier?.later
        partial.earlier?.later = partial
        partial.later?.earlier = partial
        if partial.earlier == nil { first = partial }
        if partial.later == nil { last = partial }
    }

    private mutating func unlink(_ partial: PartialMessage) {
        if partial === first { first = partial.later }
        if partial === last { last = partial.earlier }
        partial.earlier?.later = partial.later
        partial.later?.earlier = partial.earlier
        partial.earlier = nil
        partial.later = nil
    }
}
