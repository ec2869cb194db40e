extension Responder {
    /// What became of the responses of a responder.
    public struct Counters: Hashable, Sendable {
        /// Those that the recorder has not answered.
        public var waiting = 0
        /// Those that are the record now.
        public var stored = 0
        /// Those that say what the record says.
        public var repeated = 0
        /// Those that say something else than the record.
        public var diverged = 0
        /// Those that the recorder will not take.
        public var refused = 0
        /// Requests that failed, or of which the recorder could not take everything.
        public var retries = 0
        /// Why responses wait; nil while the recorder answers.
        public var failure: String?

        public init() {}

        /// Those that the recorder has answered for good.
        var answered: Int { stored + repeated + diverged + refused }
    }
}
