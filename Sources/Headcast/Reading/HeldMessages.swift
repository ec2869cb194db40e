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
    /// In order of their turn.
    private var held: [Held] = []

    var isEmpty: Bool { held.isEmpty }

    /// Takes a message whose last part the datagram `number` held.
    mutating func add(_ message: Message, number: UInt64) {
        let new = Held(message: message, number: number)
        var index = held.count
        while index > 0, new.precedes(held[index - 1]) { index -= 1 }
        held.insert(new, at: index)
        bytes += message.cost
    }

    /// Hands over those whose turn comes before `number`, in order; all if it is nil.
    mutating func release(before number: UInt64?) -> ArraySlice<Message> {
        let count = number.flatMap { number in held.firstIndex { $0.number >= number } } ?? held.count
        guard count > 0 else { return [] }
        let messages = held.prefix(count).map(\.message)
        held.removeFirst(count)
        bytes -= messages.reduce(0) { $0 + $1.cost }
        return messages[...]
    }
}

extension Message {
    /// What keeping it takes, in bytes.
    var cost: Int {
        // The array behind the payload holds the attributes' bytes, too, and every array and string has a head.
        MemoryLayout<Message>.stride + 32 + payload.count + 2 * attributes.byteCount + 64 * attributes.count
    }
}
