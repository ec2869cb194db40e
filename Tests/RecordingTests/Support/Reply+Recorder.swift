import HTTPForTests

extension Reply {
    var message: String { error["message"] as? String ?? "" }
    var items: [[String: Any]] { json["items"] as? [[String: Any]] ?? [] }
    var results: [[String: Any]] { json["results"] as? [[String: Any]] ?? [] }
    var statuses: [Int] { results.map { $0["status"] as? Int ?? 0 } }
    var outcome: String? { json["outcome"] as? String }
}
