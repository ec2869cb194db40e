/// `GET /messages/{id}`: the receipt, and what became of the message for each subscriber.
struct MessageDocument: Decodable {
    struct Outcome: Decodable {
        var endpoint: String
        var name: String?
        var copiesSent: Int?
        var error: String?
    }

    var receipt: ReceiptDocument
    var endpoints: [Outcome]?
    var endpointsReason: String?

    init(from decoder: any Decoder) throws {
        receipt = try ReceiptDocument(from: decoder)
        let container = try decoder.container(keyedBy: Key.self)
        endpoints = try container.decodeIfPresent([Outcome].self, forKey: .endpoints)
        endpointsReason = try container.decodeIfPresent(String.self, forKey: .endpointsReason)
    }

    private enum Key: CodingKey {
        case endpoints
        case endpointsReason
    }
}
