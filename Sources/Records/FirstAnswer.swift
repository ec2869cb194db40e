import Clocks

/// What there is to tell of a record to those who differ from it; its payload is not.
package struct FirstAnswer: Hashable, Sendable {
    package let responder: Label
    /// How many responders gave this answer, the first included.
    package let answers: Int
    package let storedAt: Timestamp
    /// As ``Answer/digest`` has it, 32 bytes.
    package let digest: [UInt8]

    package init(responder: Label, answers: Int, storedAt: Timestamp, digest: [UInt8]) {
        self.responder = responder
        self.answers = answers
        self.storedAt = storedAt
        self.digest = digest
    }
}
