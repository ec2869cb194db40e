/// The one shape of errors.
struct ErrorDocument: Decodable {
    struct Content: Decodable {
        var code: String
        var message: String
        /// There where the message was numbered all the same, and perhaps sent to some.
        var sequence: UInt64?
        var gateway: String?
        var remembersSince: String?
        /// There where the message was tried for every subscriber, without success.
        var receipt: ReceiptDocument?
    }

    var error: Content
}
