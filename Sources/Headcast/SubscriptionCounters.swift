import Wire

extension Subscription {
    /// What a subscription has received and dropped since it began.
    public struct Counters: Hashable, Sendable {
        /// Datagrams that were read, of every kind.
        public var datagrams = 0
        /// Messages that were handed over.
        public var messages = 0
        public var heartbeats = 0

        /// Datagrams whose number was seen already: copies.
        public var duplicateDatagrams = 0
        /// Messages whose id was handed over already: published again, through another replica perhaps.
        public var duplicateMessages = 0
        /// Datagrams that came after their number was lost, or, where order is kept, after their turn. Where order is not
        /// kept they are read all the same.
        public var lateDatagrams = 0
        public var expiredMessages = 0

        /// Gaps that were reported, and the datagrams that are lost in them.
        public var gaps = 0
        public var lostDatagrams: UInt64 = 0
        /// Messages of which only parts arrived.
        public var incompleteMessages = 0

        /// Datagrams that are of no format that is taken.
        public var foreign = 0
        /// Envelopes of another version.
        public var unknownVersions = 0
        public var unknownKinds = 0
        /// Envelopes of a kind that is meant for gateways.
        public var otherKinds = 0
        /// Envelopes with a flag or a field that must be understood and is not.
        public var notUnderstood = 0
        /// Datagrams that contradict themselves, by what is wrong with them.
        public var malformedDatagrams: [String: Int] = [:]
        /// Messages whose attributes or parts contradict themselves.
        public var malformedMessages = 0

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
        private mutating func countMalformed(_ reason: String) {
            let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
            guard reason.utf8.contains(where: isDigit) else { return malformedDatagrams[reason, default: 0] += 1 }
            let words = reason.split(separator: " ").filter { !$0.utf8.contains(where: isDigit) }
            malformedDatagrams[words.joined(separator: " "), default: 0] += 1
        }
    }
}
