import FoundationEssentials

/// What a gateway answers, as far as the program's commands read it; unknown members are passed over.
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
}

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

/// `GET /status`
struct StatusDocument: Decodable {
    var version: String
    var gateway: String
    var startedAt: Date
    var topics: [TopicStatus]
}

struct TopicStatus: Decodable {
    struct Backlog: Decodable {
        var messages: Int
    }

    struct Membership: Decodable {
        var source: String
        var from: String
        var revision: UInt64
        var resolvedAt: Date?
        var stale: Doubt?
        var empty: Doubt?
    }

    /// Why a membership may not be true, or why it is empty, and since when.
    struct Doubt: Decodable, Equatable {
        var reason: String
        var since: Date
    }

    struct Counters: Decodable {
        var messages: Int
        var copiesSent: Int
        var copiesFailed: Int
        var overloaded: Int
        var rateLimited: Int
    }

    var topic: String
    var format: String
    var policy: String
    var copies: Int
    var backlog: Backlog
    var membership: Membership
    var counters: Counters
    var subscriberCount: Int
    var subscribers: [SubscriberStatus]
}

struct SubscriberStatus: Decodable {
    var endpoint: String
    var name: String?
    var state: String
    var since: Date
    var sent: Int
    var failed: Int
    var lastError: String?
    var lastErrorAt: Date?
}

/// `GET /topics/{topic}/subscribers`
struct SubscriberPage: Decodable {
    var items: [SubscriberStatus]
    var next: String?
}

/// `GET /readyz`
struct ReadinessDocument: Decodable {
    var status: String
    var unresolved: [Unresolved]

    struct Unresolved: Decodable {
        var topic: String
    }
}

/// The one shape of errors.
struct ErrorDocument: Decodable {
    struct Content: Decodable {
        var code: String
        var message: String
        /// There where the message was numbered all the same, and perhaps sent to some.
        var sequence: UInt64?
        var gateway: String?
        var remembersSince: String?
    }

    var error: Content
}

extension Decodable {
    /// Reads JSON whose dates are those of RFC 3339 with fractions of a second; nil when it is another document.
    static func read(_ bytes: [UInt8]) -> Self? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        }
        return try? decoder.decode(Self.self, from: Data(bytes))
    }
}
