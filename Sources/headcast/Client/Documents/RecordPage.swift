/// `GET /records/{messageId}` of a recorder.
struct RecordPage: Decodable {
    var items: [RecordDocument]
}

/// What is stored about one message and key.
struct RecordDocument: Decodable, Equatable {
    var key: String
    /// Nil where it is no UTF-8.
    var payload: String?
    /// How many subscribers say so.
    var answers: Int
    /// Who said so first.
    var responder: String
}
