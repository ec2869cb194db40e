import Clocks
import Records

/// A response in short: `response("m1", by: "a", "yes")`.
func response(
    _ messageID: String, _ key: String = "result", by responder: String, _ payload: String = "yes",
    contentType: String? = nil, topic: String? = nil, sequence: UInt64? = nil
) throws -> Response {
    Response(
        messageID: try Label(messageID), key: try Label(key), responder: try Label(responder),
        answer: Answer(payload: Array(payload.utf8), contentType: try contentType.map { try Label($0) }),
        topic: try topic.map { try Label($0) }, sequence: sequence)
}

extension Outcome {
    /// The record says something else than this.
    static func diverged(_ payload: String, contentType: String? = nil) throws -> Outcome {
        let type = try contentType.map { try Label($0) }
        return .diverged(digest: Answer(payload: Array(payload.utf8), contentType: type).digest)
    }
}

/// Seconds after some beginning.
func at(_ seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: 1_800_000_000_000_000_000 + seconds * 1_000_000_000)
}

extension RecordReader {
    func records(of messageID: String) throws -> [Record] {
        try records(of: Label(messageID), PageRequest()).items
    }

    /// All pages of `limit` records.
    func allRecords(in topic: Label? = nil, limit: Int = 1_000) throws -> [Record] {
        try allPages(limit: limit) { page in try records(in: topic, page) }
    }

    func allDivergences(limit: Int = 1_000) throws -> [Divergence] {
        try allPages(limit: limit) { page in try divergences(of: nil, page) }
    }

    func allResponders(of messageID: Label, limit: Int = 1_000) throws -> [Agreement] {
        try allPages(limit: limit) { page in try responders(of: messageID, page) }
    }

    private func allPages<Item>(limit: Int, _ page: (PageRequest) throws -> ResultPage<Item>) throws -> [Item] {
        var items: [Item] = []
        var request = PageRequest(limit: limit)
        while true {
            let found = try page(request)
            items += found.items
            guard let next = found.next else { return items }
            request.after = next
        }
    }
}
