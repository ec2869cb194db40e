extension Subscription {
    /// How a subscription receives.
    public struct Options: Sendable {
        /// What is taken; anything else is counted as foreign and dropped.
        ///
        /// With `enveloped`, what begins like an envelope is never taken for anything else. With both others, what is a
        /// CloudEvent is one, and the rest is raw.
        public var formats: Set<Message.Format> = [.enveloped]

        /// Whether the messages of a stream come in order of sequence, waiting for what is missing; else as they arrive.
        public var isOrdered = false

        /// How long a number stays missing before it is lost, over and above the time in which copies may come.
        public var gapWait: Duration = .milliseconds(50)

        /// Whether dropped duplicates are events; they are counted anyway.
        public var reportsDuplicates = false

        /// Asked of SO_RCVBUF; the kernel caps it at net.core.rmem_max. See ``Subscription/receiveBufferBytes``.
        public var receiveBufferBytes = 4 << 20

        /// How many events, messages among them, wait for the consumer at most; at least 2.
        public var queueMessages = 65_536

        /// How many bytes wait for the consumer at most: payloads, attributes and what keeping them takes. A message
        /// that is longer by itself may wait alone.
        public var queueBytes = 64 << 20

        /// How many bytes are kept at most of messages that are not whole, and likewise of those that wait for lower
        /// ones where order is kept.
        public var heldBytes = 64 << 20

        /// How long a message is waited for after the last part that came, over and above the time in which copies may
        /// come.
        public var reassemblyTime: Duration = .seconds(10)

        /// How many ids of each topic are remembered at least, if so many came.
        public var rememberedIDs = 65_536

        /// How many streams are remembered at most; the one longest silent is forgotten.
        public var rememberedStreams = 64

        public init() {}
    }
}
