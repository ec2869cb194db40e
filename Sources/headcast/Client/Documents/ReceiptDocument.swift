/// What a gateway did with one message.
///
/// Here as in the other documents, as far as the program reads them; unknown members are passed over.
struct ReceiptDocument: Decodable, Equatable {
    var id: String
    var topic: String
    var gateway: String
    var sequence: UInt64
    /// As the gateway writes it: a date would lose a millisecond here and there.
    var publishedAt: String
    var payloadBytes: Int
    var subscribers: Int
    var sent: Int
    var failed: Int
    var copies: Int
    var copiesSent: Int
    /// What did not travel with the payload, since the topic's format does not carry it.
    var dropped: [String]?
    /// Whether it is the receipt of an earlier publish with the same idempotency key.
    var replayed: Bool?

    /// Whether every subscriber was sent the message, and there was one.
    var isSentToAll: Bool { failed == 0 && subscribers > 0 }
}
