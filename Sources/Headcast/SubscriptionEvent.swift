extension Subscription {
    /// What happens to a subscription, in order.
    public enum Event: Sendable {
        case message(Message)
        /// Datagrams were sent and did not arrive.
        case gap(Gap)
        /// Parts of a message arrived, and the whole will not.
        case incomplete(Incomplete)
        /// Another stream of a topic is heard: its gateway began anew, or another replica sends, too.
        case epochChange(EpochChange)
        /// Something was received again and dropped; only with ``Options/reportsDuplicates``.
        case duplicate(Duplicate)
        /// The queue was full, and what came next was dropped.
        case overflow(Overflow)
        /// The kernel dropped so many datagrams more, since its buffer was full. What came as one may count as one.
        case kernelDrops(Int)
    }

    public struct Gap: Hashable, Sendable {
        public var stream: Message.Stream
        /// Of the datagrams that are lost. A datagram may hold many messages, or a part of one.
        public var numbers: ClosedRange<UInt64>

        /// How many they are. ``numbers`` may be more than `count` can say, when somebody made them up.
        public var datagrams: UInt64 {
            let difference = numbers.upperBound - numbers.lowerBound
            return difference == .max ? .max : difference + 1
        }
    }

    public struct Incomplete: Hashable, Sendable {
        public enum Reason: String, CaseIterable, Sendable {
            /// Another part was in a datagram that is lost.
            case lost
            /// It took longer than ``Options/reassemblyTime``.
            case time
            /// It did not fit in ``Options/heldBytes``, or too many were under way.
            case memory
        }

        public var stream: Message.Stream
        public var sequence: UInt64
        /// ``Message/ID/none`` if the part that tells it is not there.
        public var id: Message.ID
        public var reason: Reason
    }

    public struct EpochChange: Hashable, Sendable {
        public var stream: Message.Stream
        /// The stream of the topic that was heard last before.
        public var previous: Message.Stream
    }

    public struct Duplicate: Hashable, Sendable {
        /// A whole datagram, one message in a datagram, or a CloudEvent.
        public enum Subject: Hashable, Sendable {
            case datagram(number: UInt64)
            case message(id: Message.ID, sequence: UInt64)
            /// As the event calls itself: the message's id differs where it was published again.
            case event(id: String, source: String)
        }

        public var stream: Message.Stream
        public var subject: Subject
    }

    public struct Overflow: Hashable, Sendable {
        public var messages = 0
        /// Of their payloads.
        public var bytes = 0
        /// That were no messages.
        public var events = 0
    }
}
