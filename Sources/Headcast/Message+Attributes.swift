import Wire

extension Message {
    /// What a message carries besides its payload: names with values, each name once.
    ///
    /// `content-type`, `traceparent` and `tracestate` are what HTTP calls so. `ce-…` are attributes of an event, whether it
    /// came enveloped or as a CloudEvent, which has no others but its `datacontenttype`: that is `content-type`. All others
    /// are the publisher's own.
    public struct Attributes: Hashable, Sendable {
        /// Nil while there are none: a message without attributes has no references of theirs to count.
        private var wire: Wire.Attributes?

        public init() {}

        package init(_ wire: Wire.Attributes) {
            self.wire = wire.items.isEmpty ? nil : wire
        }

        /// The value of an attribute; names are lower case.
        public subscript(name: String) -> String? { wire?[name] }

        public var contentType: String? { self["content-type"] }

        /// How many bytes they take in an envelope.
        package var byteCount: Int { wire?.byteCount ?? 0 }

        /// Adds one; false, and nothing is added, if that name is there or is not allowed, or there are too many.
        package mutating func add(_ name: String, _ value: String) -> Bool {
            // Taken out, so that it is not copied.
            var more = wire.take() ?? Wire.Attributes()
            let isAdded = more.add(name, value)
            if !more.items.isEmpty { wire = more }
            return isAdded
        }
    }
}

extension Message.Attributes: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { wire?.items.count ?? 0 }

    public subscript(position: Int) -> (name: String, value: String) { (wire ?? Wire.Attributes()).items[position] }
}
