extension Responder {
    /// How a responder sends.
    public struct Options: Sendable {
        /// How many responses wait for the recorder's answer at most; 1 or more.
        public var outboxResponses = 10_000

        /// How many bytes they take at most, payloads, labels and bookkeeping; a single one may take more.
        public var outboxBytes = 16 << 20

        /// What a payload may have, in bytes. This is what a recorder takes unless told otherwise.
        public var maximumPayloadBytes = 1 << 20

        /// How long one request may take.
        public var timeout: Duration = .seconds(10)

        /// From a try that failed to the next: the first wait, and the longest, to which it doubles. Each is cut by a
        /// random part of up to a half, so that pods do not come back all at once. What `Retry-After` says counts where
        /// that is longer, up to a minute.
        public var retryDelay: ClosedRange<Duration> = .milliseconds(100) ... .seconds(10)

        /// Whether the proxy counts that the environment names (`http_proxy`, `no_proxy`).
        public var usesProxy = false

        /// Is told what happens, one event at a time; on the responder's thread, which waits meanwhile. Unless it is set,
        /// refusals and divergences are only counted. It must not hold the responder.
        public var report: @Sendable (Event) -> Void = { _ in }

        public init() {}
    }
}
