/// Messages of a stream that wait for lower numbers, where order is kept.
///
/// A binary heap: taking one in and handing one over costs the logarithm of how many wait, in whatever order they come.
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
    /// None precedes its parent, which is the one at (index - 1) / 2.
    private var heap: [Held] = []

    var isEmpty: Bool { heap.isEmpty }

    /// Takes a message whose last part the datagram `number` held.
    mutating func add(_ message: Message, number: UInt64) {
        bytes += message.cost
        heap.append(Held(message: message, number: number))
        var index = heap.count - 1
        while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Hands over the one whose turn is next, if that comes before `number`; nil for `number` is the end of all.
    mutating func next(before number: UInt64?) -> Message? {
        guard let first = heap.first?.number, number.map({ first < $0 }) ?? true else { return nil }
        heap.swapAt(0, heap.count - 1)
        let message = heap.removeLast().message
        bytes -= message.cost
        var index = 0
        while true {
            var least = index
            for child in 2 * index + 1...2 * index + 2 where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != index else { return message }
            heap.swapAt(index, least)
            index = least
        }
    }
}

extension Message {
    /// What keeping it takes, in bytes.
    var cost: Int {
        // Attributes are strings of their own besides, and every array and string has a head.
        MemoryLayout<Message>.stride + 32 + bodyCost + attributes.byteCount + 64 * attributes.count
    }
}
