/// Messages of a stream that wait for lower numbers, where order is kept.
struct HeldMessages {
    private struct Held {
        var message: Message
        /// The highest in which a part of it came: where its turn is.
        var number: UInt64

        func precedes(_ other: Held) -> Bool {
            (number, message.sequence) < (other.number, other.message.sequence)
        }
    }

    /// What the messages cost that wait.
    private(set) var bytes = 0
    /// In order of their turn, from ``start`` on; before it nil. Moving all up for each that leaves would cost more than
    /// anything else here.
    private var held: [Held?] = []
    private var start = 0

    var isEmpty: Bool { start == held.count }

    /// Takes a message whose last part the datagram `number` held.
    mutating func add(_ message: Message, number: UInt64) {
        let new = Held(message: message, number: number)
        var index = held.count
        while index > start, let other = held[index - 1], new.precedes(other) { index -= 1 }
        held.insert(new, at: index)
        bytes += message.cost
    }

    /// Hands over the one whose turn is next, if that comes before `number`; nil for `number` is the end of all.
    mutating func next(before number: UInt64?) -> Message? {
        guard start < held.count, let first = held[start], number.map({ first.number < $0 }) ?? true else { return nil }
        held[start] = nil
        start += 1
        if start * 2 > held.count {
            held.removeFirst(start)
            start = 0
        }
        bytes -= first.message.cost
        return first.message
    }
}

extension Message {
    /// What keeping it takes, in bytes.
    var cost: Int {
        // The array behind the payload holds the attributes' bytes, too, and every array and string has a head.
        MemoryLayout<Message>.stride + 32 + payload.count + 2 * attributes.byteCount + 64 * attributes.count
    }
}
