extension Responder {
    /// One answer to one message about one state key.
    public struct Response: Hashable, Sendable {
        /// 1 to 256 bytes.
        public var messageID: String
        /// Which state it is about, 1 to 256 bytes.
        public var key: String
        public var payload: [UInt8]
        /// Of the payload, 1 to 256 bytes.
        public var contentType: String?
        /// The message's, for those who look for records; 1 to 256 bytes.
        public var topic: String?
        /// The message's; at most 2^63 - 1.
        public var sequence: UInt64?

        public init(messageID: String, key: String, payload: [UInt8]) {
            self.messageID = messageID
            self.key = key
            self.payload = payload
        }
    }
}

extension Responder.Response {
    /// Of a message that has an id; of an event that no gateway sent, it is the event's own.
    init(
        to message: Message, key: String, payload: some Sequence<UInt8>, contentType: String?
    ) throws(ResponderError) {
        guard let id = message.id == .none ? message.attributes["ce-id"] : message.id.description else {
            throw .noMessageID
        }
        self.init(messageID: id, key: key, payload: Array(payload))
        self.contentType = contentType
        topic = message.topic.isEmpty ? nil : message.topic
        sequence = message.sequence == 0 ? nil : message.sequence
    }

    func check() throws(ResponderError) {
        try Self.check(messageID, "message id")
        try Self.check(key, "key")
        if let contentType { try Self.check(contentType, "content type") }
        if let topic { try Self.check(topic, "topic") }
        guard sequence ?? 0 <= UInt64(Int64.max) else { throw .sequence(sequence ?? 0) }
    }

    static func check(_ label: String, _ what: String) throws(ResponderError) {
        guard (1...256).contains(label.utf8.count) else { throw .label(what, bytes: label.utf8.count) }
    }

    /// What keeping it takes, in bytes.
    var cost: Int {
        MemoryLayout<Self>.stride + messageID.utf8.count + key.utf8.count + payload.count
            + (contentType?.utf8.count ?? 0) + (topic?.utf8.count ?? 0)
    }
}
