import Clocks

/// The first answer to a message about a state key, as it was stored.
package struct Record: Hashable, Sendable {
    /// Where it stands among all records; later ones stand after it.
    package let position: Cursor
    package let stateKey: StateKey
    /// Who gave it first.
    package let responder: Label
    package let answer: Answer
    /// How many responders gave this answer, the first included.
    package let answers: Int
    package let storedAt: Timestamp
    package let topic: Label?
    package let sequence: UInt64?

    package init(
        position: Cursor, stateKey: StateKey, responder: Label, answer: Answer, answers: Int, storedAt: Timestamp,
        topic: Label?, sequence: UInt64?
    ) {
        self.position = position
        self.stateKey = stateKey
        self.responder = responder
        self.answer = answer
        self.answers = answers
        self.storedAt = storedAt
        self.topic = topic
        self.sequence = sequence
    }
}

/// An answer that differs from the record's; kept once for each responder and answer.
package struct Divergence: Hashable, Sendable {
    /// Where it stands among all divergences; later ones stand after it.
    package let position: Cursor
    package let stateKey: StateKey
    /// Who differs.
    package let responder: Label
    package let answer: Answer
    package let noticedAt: Timestamp
    /// How often the responder said the same again.
    package let retries: Int
    /// The topic of the record.
    package let topic: Label?
    /// Who gave the record's answer first.
    package let firstResponder: Label

    package init(
        position: Cursor, stateKey: StateKey, responder: Label, answer: Answer, noticedAt: Timestamp, retries: Int,
        topic: Label?, firstResponder: Label
    ) {
        self.position = position
        self.stateKey = stateKey
        self.responder = responder
        self.answer = answer
        self.noticedAt = noticedAt
        self.retries = retries
        self.topic = topic
        self.firstResponder = firstResponder
    }
}

/// A responder that gave a record's answer.
package struct Agreement: Hashable, Sendable {
    /// Where it stands among those of its message.
    package let position: Cursor
    package let key: Label
    package let responder: Label
    package let answeredAt: Timestamp
    /// How often it said the same again.
    package let retries: Int

    package init(position: Cursor, key: Label, responder: Label, answeredAt: Timestamp, retries: Int) {
        self.position = position
        self.key = key
        self.responder = responder
        self.answeredAt = answeredAt
        self.retries = retries
    }
}
