import FoundationEssentials

/// One subscriber as a gateway sees it.
struct SubscriberStatus: Decodable {
    var endpoint: String
    var name: String?
    var state: String
    var since: Date
    var sent: Int
    var failed: Int
    var lastError: String?
    var lastErrorAt: Date?

    /// Whether its state speaks against it; that it is new is no trouble.
    var isInTrouble: Bool { state != "ok" && state != "unproven" }
}
