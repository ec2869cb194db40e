import FoundationEssentials

/// One topic as `GET /status` has it.
struct TopicStatus: Decodable {
    struct Backlog: Decodable {
        var messages: Int
    }

    struct Membership: Decodable {
        var source: String
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
