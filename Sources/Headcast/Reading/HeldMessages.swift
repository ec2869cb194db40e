import Clocks

/// Messages of a stream that wait for lower ones, where order is kept.
struct HeldMessages {
    private struct Held {
        var message: Message
        /// The datagram that completed it.
        var number: UInt64
    }

    /// Nothing leaves before; nil once it is past.
    private(set) var opensAt: Instant?
    /// What the messages cost that wait.
    private(set) var bytes = 0
    /// By sequence, ascending.
    private var held: [Held] = []
    /// Of the last one that left.
    private var lastSequence: UInt64 = 0

    init(opensAt: Instant) {
        self.opensAt = opensAt
    }

    /// When something leaves that waits for nothing but time.
    var nextDeadline: Instant? { held.isEmpty ? nil : opensAt }

    /// Takes a message that the datagram `number` completed; false if it is there already, or one as late has
    /// left.
    mutating func add(_ message: Message, number: UInt64) -> Bool {
        guard message.sequence > lastSequence else { return false }
        var index = held.count
        while index > 0, held[index - 1].message.sequence > message.sequence { index -= 1 }
        if index > 0, held[index - 1].message.sequence == message.sequence { return false }
        held.insert(Held(message: message, number: number), at: index)
        bytes += message.cost
        return true
    }

    /// Hands over what waits for no number below `firstMissing`, in order.
    mutating func release(
        below firstMissing: UInt64, at now: Instant, to events: inout [Subscription.Event]
    ) {
        if let opensAt, now < opensAt { return }
        opensAt = nil
        let count = held.firstIndex { $0.number >= firstMissing } ?? held.count
        guard count > 0 else { return }
        for held in held.prefix(count) {
            bytes -= held.message.cost
            lastSequence = held.message.sequence
            events.append(.message(held.message))
        }
        held.removeFirst(count)
    }
}

extension Message {
    /// What keeping it takes, in bytes.
    var cost: Int {
        // The array behind the payload holds the attributes' bytes, too, and every array and string has a head.
        MemoryLayout<Message>.stride + 32 + payload.count + 2 * attributes.byteCount + 64 * attributes.count
    }
}
