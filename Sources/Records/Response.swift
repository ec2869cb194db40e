/// What one responder answers to one message about one state key.
package struct Response: Hashable, Sendable {
    package let stateKey: StateKey
    package let responder: Label
    package let answer: Answer

    /// Where the message was published, if the responder says so. Of the first answer only, it is kept.
    package let topic: Label?

    /// The number of the message in its topic, if the responder says so. Of the first answer only, it is kept.
    package let sequence: UInt64?

    package init(
        messageID: Label, key: Label, responder: Label, answer: Answer, topic: Label? = nil, sequence: UInt64? = nil
    ) {
        stateKey = StateKey(messageID: messageID, key: key)
        self.responder = responder
        self.answer = answer
        self.topic = topic
        self.sequence = sequence
    }
}

/// What a record is about; no two records have the same.
package struct StateKey: Hashable, Sendable {
    package let messageID: Label
    package let key: Label

    package init(messageID: Label, key: Label) {
        self.messageID = messageID
        self.key = key
    }
}

extension StateKey: Comparable {
    package static func < (left: StateKey, right: StateKey) -> Bool {
        left.messageID == right.messageID ? left.key < right.key : left.messageID < right.messageID
    }
}

/// What became of a response.
package enum Outcome: Hashable, Sendable {
    /// It was the first answer, and is the record now.
    case stored
    /// The record says the same: another responder agrees, or this one said so before.
    case repeated
    /// The record says something else and stays as it is; the divergence is kept. The digest is the response's.
    case diverged(digest: [UInt8])
}
