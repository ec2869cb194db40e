extension Message {
    /// One run of one gateway's log of a topic: what numbers and sequences count in.
    ///
    /// Each replica of a gateway has its own, and begins another when it starts anew.
    public struct Stream: Hashable, Sendable, CustomStringConvertible {
        public var topic: String
        /// Which gateway process.
        public var source: UInt32
        /// Milliseconds since 1970 at which the run began.
        public var epoch: Int64

        public init(topic: String, source: UInt32, epoch: Int64) {
            self.topic = topic
            self.source = source
            self.epoch = epoch
        }

        public var description: String { "\(topic), epoch \(epoch) of source \(source)" }
    }
}
