import Wire

extension Subscription {
    /// What a subscription has received and dropped since it began.
    public struct Counters: Hashable, Sendable {
        /// Datagrams that were read, of every kind.
        public var datagrams = 0
        /// Messages that were whole, new and not expired.
        public var messages = 0
        public var heartbeats = 0

        /// Datagrams whose number was seen already: copies.
        public var duplicateDatagrams = 0
        /// Messages whose id was seen already: published again, through another replica perhaps.
        public var duplicateMessages = 0
        /// Datagrams and, where order is kept, messages that came after they had been given up.
        public var late = 0
        public var expired = 0

        /// Gaps that were reported, and the datagrams that are lost in them.
        public var gaps = 0
        public var lostDatagrams: UInt64 = 0
        /// Messages of which only parts arrived.
        public var incompleteMessages = 0

        /// Datagrams that are of no format that is taken.
        public var foreign = 0
        /// Envelopes of another version.
        public var unknownVersions = 0
        /// Envelopes of a kind that is unknown or meant for others.
        public var unknownKinds = 0
        /// Envelopes with a flag or a field that must be understood and is not.
        public var notUnderstood = 0
        /// Datagrams, messages and parts of messages that contradict themselves, by what is wrong with them.
        public var malformed: [String: Int] = [:]

        /// Datagrams that the kernel dropped since its buffer was full. What came as one may count as one.
        public var kernelDrops = 0
        /// What was dropped since the consumer was too slow.
        public var overflow = Overflow()
        /// Streams that were heard, and those of them that had to be forgotten.
        public var streams = 0
        public var forgottenStreams = 0

        public init() {}

        mutating func count(_ fault: EnvelopeFault) {
            switch fault {
            case .notEnveloped: foreign += 1
            case .unknownVersion: unknownVersions += 1
            case .unknownKind: unknownKinds += 1
            case .notUnderstood: notUnderstood += 1
            case .malformed(let reason): countMalformed(reason)
            }
        }

        /// - Parameter reason: counted without the numbers in it, so that there are few.
        mutating func countMalformed(_ reason: String) {
            let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
            guard reason.utf8.contains(where: isDigit) else { return malformed[reason, default: 0] += 1 }
            let words = reason.split(separator: " ").filter { !$0.utf8.contains(where: isDigit) }
            malformed[words.joined(separator: " "), default: 0] += 1
        }
    }
}
