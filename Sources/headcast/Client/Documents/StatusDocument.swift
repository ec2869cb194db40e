import FoundationEssentials

/// `GET /status`
struct StatusDocument: Decodable {
    var version: String
    var gateway: String
    var startedAt: Date
    var topics: [TopicStatus]
}
